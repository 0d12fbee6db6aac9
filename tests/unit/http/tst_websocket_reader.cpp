// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/websocket_reader.h"
#include "tests/unit/http/client_frames.h"

#include <QTest>

#include <vector>

namespace lunargate {

using test::clientFrame;
using test::clientText;

namespace {

using Opcode = WebSocketOpcode;

/// What the reader makes of bytes, fed in pieces of that size.
struct Reading
{
    explicit Reading(const QByteArray &bytes, qsizetype piece = 1 << 20, qint64 limit = 1024 * 1024)
    {
        ConnectionLimits limits;
        limits.maxBodyBytes = limit;
        WebSocketReader reader(limits);
        for (qsizetype at = 0; at < bytes.size() && !isFailed;) {
            const QByteArray part = bytes.sliced(at, std::min(piece, bytes.size() - at));
            qsizetype used = 0;
            while (used < part.size() && !isFailed) {
                used += reader.feed(QByteArrayView(part).sliced(used));
                if (reader.state() == WebSocketReader::State::Complete)
                    messages.push_back(reader.takeMessage());
                isFailed = reader.state() == WebSocketReader::State::Failed;
            }
            at += part.size();
        }
        failure = isFailed ? static_cast<int>(reader.failure()) : 0;
        isInMessage = reader.isInMessage();
    }

    QByteArrayList payloads() const
    {
        QByteArrayList list;
        for (const WebSocketMessage &message : messages)
            list.append(message.payload);
        return list;
    }

    std::vector<WebSocketMessage> messages;
    bool isFailed = false;
    bool isInMessage = false;
    int failure = 0;
};

} // namespace

class WebSocketReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    // RFC 6455 section 5.7: a masked text.
    void readsTheExampleOfTheStandard()
    {
        const Reading reading(QByteArray::fromHex("818537fa213d7f9f4d5158"));
        QCOMPARE(reading.payloads(), QByteArrayList{"Hello"});
        QCOMPARE(reading.messages.front().kind, Opcode::Text);
    }

    void readsAnyLengthAtAnySplit_data()
    {
        QTest::addColumn<qsizetype>("length");
        QTest::addColumn<qsizetype>("piece");
        for (const qsizetype length : {0, 1, 125, 126, 127, 65535, 65536, 70000}) {
            for (const qsizetype piece : {1, 2, 7, 4096, 1 << 20})
                QTest::addRow("%lld bytes by %lld", qlonglong(length), qlonglong(piece)) << length << piece;
        }
    }

    void readsAnyLengthAtAnySplit()
    {
        QFETCH(const qsizetype, length);
        QFETCH(const qsizetype, piece);
        QByteArray text;
        for (qsizetype i = 0; i < length; ++i)
            text += static_cast<char>('a' + i % 23);
        const Reading reading(clientText(text) + clientText("next"), piece);
        QCOMPARE(reading.payloads(), (QByteArrayList{text, "next"}));
        QVERIFY(!reading.isInMessage);
    }

    void putsFragmentsTogetherWithControlFramesBetween()
    {
        const QByteArray bytes = clientFrame(0x01, "one ") + clientFrame(0x89, "ping") + clientFrame(0x00, "two ") +
                                 clientFrame(0x00, "") + clientFrame(0x8A, "pong") + clientFrame(0x80, "three");
        const Reading reading(bytes, 3);
        QCOMPARE(reading.payloads(), (QByteArrayList{"ping", "pong", "one two three"}));
        QCOMPARE(reading.messages[0].kind, Opcode::Ping);
        QCOMPARE(reading.messages[1].kind, Opcode::Pong);
        QCOMPARE(reading.messages[2].kind, Opcode::Text);
    }

    void tellsBinaryMessages()
    {
        const Reading reading(clientFrame(0x82, QByteArray("\xff\x00", 2)));
        QCOMPARE(reading.messages.front().kind, Opcode::Binary);
        QCOMPARE(reading.messages.front().payload, QByteArray("\xff\x00", 2));
    }

    void aCharacterMayBeSplitOverFragments()
    {
        const Reading reading(clientFrame(0x01, "\xe2\x82") + clientFrame(0x80, "\xac"));
        QCOMPARE(reading.payloads(), QByteArrayList{"\xe2\x82\xac"});
    }

    void readsWhyAClientCloses()
    {
        const Reading reading(clientFrame(0x88, QByteArray("\x03\xe9", 2) + "bye"));
        QCOMPARE(reading.messages.front().kind, Opcode::Close);
        QCOMPARE(reading.messages.front().closeCode, WebSocketClose::GoingAway);
        QCOMPARE(reading.messages.front().payload, "bye");
        QCOMPARE(Reading(clientFrame(0x88, {})).messages.front().closeCode, WebSocketClose::NoStatus);
    }

    void tellsWhetherAMessageHasBegun()
    {
        QVERIFY(Reading(clientText("hello").first(1)).isInMessage);
        QVERIFY(Reading(clientText("hello").chopped(1)).isInMessage);
        QVERIFY(Reading(clientFrame(0x01, "hel")).isInMessage);
        QVERIFY(Reading(clientFrame(0x01, "hel") + clientFrame(0x89, "ping")).isInMessage);
    }

    void refusesWhatTheStandardForbids_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        const auto row = [](const char *name, const QByteArray &bytes, int code = 1002) {
            QTest::newRow(name) << bytes << code;
        };
        row("no mask", QByteArray::fromHex("810548656c6c6f"));
        row("reserved bit 1", clientFrame(0xC1, "x"));
        row("reserved bit 2", clientFrame(0xA1, "x"));
        row("reserved bit 3", clientFrame(0x91, "x"));
        row("unknown data opcode", clientFrame(0x83, "x"));
        row("unknown control opcode", clientFrame(0x8B, "x"));
        row("fragmented ping", clientFrame(0x09, "x"));
        row("long ping", clientFrame(0x89, QByteArray(126, 'x')));
        row("nothing to continue", clientFrame(0x80, "x"));
        row("continued after the end", clientText("x") + clientFrame(0x80, "x"));
        row("two at once", clientFrame(0x01, "x") + clientText("y"));
        row("length in 2 bytes that fits into 1", QByteArray::fromHex("81fe0001") + test::kMask + "x");
        row("length in 8 bytes that fits into 2", QByteArray::fromHex("81ff000000000000ffff") + test::kMask);
        row("length of more than 63 bits", QByteArray::fromHex("81ff8000000000000000") + test::kMask);
        row("close with half a code", clientFrame(0x88, "x"));
        row("close with a code that is never sent", clientFrame(0x88, QByteArray("\x03\xed", 2)));
        row("close with an unknown code", clientFrame(0x88, QByteArray("\x00\x01", 2)));
        row("close with a reason that is no text", clientFrame(0x88, QByteArray("\x03\xe8\xff", 3)), 1007);
        row("text that is no text", clientText("\xc3\x28"), 1007);
        row("text with a surrogate", clientText("\xed\xa0\x80"), 1007);
        row("text that ends within a character", clientText("\xe2\x82"), 1007);
        row("announced too large", QByteArray::fromHex("81ff7fffffffffffffff") + test::kMask, 1009);
    }

    void refusesWhatTheStandardForbids()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const int, code);
        for (const qsizetype piece : {qsizetype(1), bytes.size()}) {
            const Reading reading(bytes, piece);
            QVERIFY(reading.isFailed);
            QCOMPARE(reading.failure, code);
        }
    }

    void limitsMessagesAndNotFrames()
    {
        QCOMPARE(Reading(clientText(QByteArray(100, 'x')), 10, 100).payloads().size(), 1);
        QCOMPARE(Reading(clientText(QByteArray(101, 'x')), 10, 100).failure, 1009);
        const QByteArray fragment(60, 'x');
        QCOMPARE(Reading(clientFrame(0x01, fragment) + clientFrame(0x80, fragment), 10, 100).failure, 1009);
        // What is no part of the message does not count.
        QCOMPARE(Reading(clientFrame(0x01, fragment) + clientFrame(0x89, fragment) + clientFrame(0x80, "x"), 10, 100)
                     .payloads()
                     .size(),
                 2);
    }

    void writesFramesThatStayShort()
    {
        QCOMPARE(webSocketFrame(Opcode::Text, "Hello"), QByteArray::fromHex("810548656c6c6f"));
        QCOMPARE(webSocketFrame(Opcode::Ping, {}), QByteArray::fromHex("8900"));
        QCOMPARE(webSocketFrame(Opcode::Text, QByteArray(125, 'x')).first(2), QByteArray::fromHex("817d"));
        QCOMPARE(webSocketFrame(Opcode::Text, QByteArray(126, 'x')).first(4), QByteArray::fromHex("817e007e"));
        QCOMPARE(webSocketFrame(Opcode::Text, QByteArray(65536, 'x')).first(10),
                 QByteArray::fromHex("817f0000000000010000"));
        QCOMPARE(webSocketCloseFrame(WebSocketClose::GoingAway, "bye"), QByteArray::fromHex("880503e9") + "bye");
        QCOMPARE(webSocketCloseFrame(WebSocketClose::Normal, QByteArray(500, 'x')).size(), 2 + 125);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::WebSocketReaderTest)
#include "tst_websocket_reader.moc"
