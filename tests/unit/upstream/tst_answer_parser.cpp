// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/answer_parser.h"

#include <QTest>

using namespace lunargate;

using State = AnswerParser::State;

namespace {

const QByteArray kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Feeds all of `bytes` in pieces of that size; how many were used.
qsizetype feedAll(AnswerParser &parser, QByteArrayView bytes, qsizetype pieceSize)
{
    qsizetype used = 0;
    while (used < bytes.size()) {
        const QByteArrayView piece = bytes.sliced(used, std::min(pieceSize, bytes.size() - used));
        const qsizetype taken = parser.feed(piece);
        used += taken;
        if (taken < piece.size())
            break;
    }
    return used;
}

} // namespace

class AnswerParserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheSameAtAnySplit_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("value"); // of X-A
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("keeps");
        QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nX-A: one\r\nContent-Length: 5\r\n\r\nhello") << 200
                                << QByteArray("one") << QByteArray("hello") << true;
        QTest::newRow("chunks") << QByteArray("HTTP/1.1 201 Made\r\nX-A:  b c \r\nTransfer-Encoding: Chunked\r\n\r\n"
                                              "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nX-A: trailer\r\n\r\n")
                                << 201 << QByteArray("b c") << QByteArray("hello!") << true;
        QTest::newRow("folded") << QByteArray("HTTP/1.1 200 OK\r\nX-A: one\r\n  two \r\n\tthree\r\nX-B:\r\n"
                                              "Content-Length: 0\r\n\r\n")
                                << 200 << QByteArray("one two three") << QByteArray() << true;
        QTest::newRow("folded, with blanks")
            << QByteArray("HTTP/1.1 200 OK\r\nX-A: one \r\n \r\n     two three\r\nContent-Length: 0\r\n\r\n") << 200
            << QByteArray("one two three") << QByteArray() << true;
        QTest::newRow("blanks inside") << QByteArray("HTTP/1.1 200 OK\r\nX-A: a  b   c\r\nContent-Length: 0\r\n\r\n")
                                       << 200 << QByteArray("a  b   c") << QByteArray() << true;
        QTest::newRow("informational") << QByteArray(
                                              "HTTP/1.1 100 Continue\r\nX-A: no\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n"
                                              "HTTP/1.1 200 OK\r\nX-A: yes\r\nContent-Length: 2\r\n\r\nhi")
                                       << 200 << QByteArray("yes") << QByteArray("hi") << true;
        QTest::newRow("informational, closing") << QByteArray("HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\n"
                                                              "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 0\r\n\r\n")
                                                << 200 << QByteArray("b") << QByteArray() << true;
        QTest::newRow("padded chunk size")
            << QByteArray("HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "2 \r\nhi\r\n0\r\n\r\n")
            << 200 << QByteArray("b") << QByteArray("hi") << true;
        QTest::newRow("chunks of HTTP/1.0") << QByteArray("HTTP/1.0 200 OK\r\nX-A: b\r\nConnection: keep-alive\r\n"
                                                          "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
                                            << 200 << QByteArray("b") << QByteArray("hi") << false;
        QTest::newRow("no body") << QByteArray("HTTP/1.1 204 No Content\r\nX-A: x\r\n\r\n") << 204 << QByteArray("x")
                                 << QByteArray() << true;
        QTest::newRow("not modified") << QByteArray("HTTP/1.1 304 Same\r\nX-A: x\r\nContent-Length: 9\r\n\r\n") << 304
                                      << QByteArray("x") << QByteArray() << true;
        QTest::newRow("closing") << QByteArray("HTTP/1.1 200 OK\r\nX-A: x\r\nConnection: close\r\nContent-Length: 2\r\n"
                                               "\r\nhi")
                                 << 200 << QByteArray("x") << QByteArray("hi") << false;
        QTest::newRow("HTTP/1.0") << QByteArray("HTTP/1.0 200 OK\r\nX-A: x\r\nContent-Length: 2\r\n\r\nhi") << 200
                                  << QByteArray("x") << QByteArray("hi") << false;
        QTest::newRow("bytes above ASCII") << QByteArray("HTTP/1.1 200 \xe4\r\nX-A: \xc3\xa4\t\xe4\r\n"
                                                         "Content-Length: 1\r\n\r\n\xff")
                                           << 200 << QByteArray("\xc3\xa4\t\xe4") << QByteArray("\xff") << true;
    }

    void readsTheSameAtAnySplit()
    {
        QFETCH(const QByteArray, bytes);
        for (qsizetype size = 1; size <= bytes.size(); ++size) {
            AnswerParser parser(false);
            QCOMPARE(feedAll(parser, bytes, size), bytes.size());
            QCOMPARE(parser.state(), State::Complete);
            QVERIFY(parser.hasHead());
            const UpstreamHead head = parser.takeHead();
            QTEST(head.status, "status");
            QCOMPARE(head.headers.count("X-A"), 1);
            QTEST(head.headers.value("X-A").value(), "value");
            QTEST(parser.takeBody(), "body");
            QTEST(parser.keepsConnection(), "keeps");
        }
    }

    void leavesWhatFollowsTheAnswer()
    {
        const QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        AnswerParser parser(false);
        QCOMPARE(parser.feed(answer + "HTTP/1.1 200 OK\r\n\r\n"), answer.size());
        QCOMPARE(parser.state(), State::Complete);
        QCOMPARE(parser.feed("more"), 0);
    }

    void aBodyWithoutLengthEndsWithTheConnection()
    {
        AnswerParser parser(false);
        feedAll(parser, "HTTP/1.1 200 OK\r\n\r\nhello", 3);
        QCOMPARE(parser.state(), State::Body);
        parser.end();
        QCOMPARE(parser.state(), State::Complete);
        QCOMPARE(parser.takeBody(), "hello");
        QVERIFY(!parser.keepsConnection());
    }

    void aCutAnswerIsNotComplete_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("status line") << QByteArray("HTTP/1.1 200");
        QTest::newRow("head") << QByteArray("HTTP/1.1 200 OK\r\nX-A: b\r\n");
        QTest::newRow("informational head alone") << QByteArray("HTTP/1.1 100 Continue\r\n\r\n");
        QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi");
        QTest::newRow("chunk") << kChunked + "5\r\nhel";
        QTest::newRow("last chunk") << kChunked + "2\r\nhi\r\n";
        QTest::newRow("end of the last chunk") << kChunked + "2\r\nhi\r\n0\r\n";
    }

    void aCutAnswerIsNotComplete()
    {
        QFETCH(const QByteArray, bytes);
        AnswerParser parser(false);
        feedAll(parser, bytes, 7);
        parser.end();
        QVERIFY(parser.state() == State::Head || parser.state() == State::Body);
    }

    void anAnswerToHeadHasNoBody()
    {
        AnswerParser parser(true);
        const QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
        QCOMPARE(parser.feed(answer), answer.size());
        QCOMPARE(parser.state(), State::Complete);
        QVERIFY(parser.keepsConnection());
    }

    // What another reader could take for something else.
    void refusesWhatIsNotClear_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no HTTP") << QByteArray("220 mail ready\r\n\r\n");
        QTest::newRow("no status") << QByteArray("HTTP/1.1 OK\r\n\r\n");
        QTest::newRow("HTTP/2") << QByteArray("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("another protocol") << QByteArray("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n"
                                                        "Connection: upgrade\r\n\r\n");
        QTest::newRow("no colon") << QByteArray("HTTP/1.1 200 OK\r\nhello\r\n\r\n");
        QTest::newRow("blank before the colon") << QByteArray("HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n");
        QTest::newRow("length that is none") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n");
        QTest::newRow("two lengths") << QByteArray(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi");
        QTest::newRow("length and chunks")
            << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n");
        QTest::newRow("another coding") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi");
        QTest::newRow("two codings") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
        QTest::newRow("chunked twice") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                                     "Transfer-Encoding: chunked\r\n\r\n");
        QTest::newRow("tab behind the coding")
            << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        QTest::newRow("control character before the coding") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: \x0b"
                                                                           "chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        QTest::newRow("folded coding") << QByteArray(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n \r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        QTest::newRow("status below 100") << QByteArray("HTTP/1.1 099 Early\r\nContent-Length: 3\r\n\r\nabc");
        QTest::newRow("NUL in a value") << QByteArray("HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n", 48);
        QTest::newRow("escape in a value")
            << QByteArray("HTTP/1.1 200 OK\r\nX-A: a\x1b[1m\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("chunk size that is none") << kChunked + "zz\r\nhello\r\n";
        QTest::newRow("chunk size beyond numbers") << kChunked + "fffffffffffffffffffff\r\nhello\r\n";
        QTest::newRow("chunk longer than its size") << kChunked + "2\r\nhello\r\n0\r\n\r\n";
    }

    void refusesWhatIsNotClear()
    {
        QFETCH(const QByteArray, bytes);
        for (const qsizetype size : {qsizetype(1), qsizetype(5), bytes.size()}) {
            AnswerParser parser(false);
            feedAll(parser, bytes, size);
            QCOMPARE(parser.state(), State::Invalid);
            QVERIFY(!parser.problem().isEmpty());
            parser.end();
            QCOMPARE(parser.state(), State::Invalid);
        }
    }

    void boundsTheHead_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray line = "X-A: " + QByteArray(1000, 'x') + "\r\n";
        QTest::newRow("many lines") << "HTTP/1.1 200 OK\r\n" + line.repeated(70) + "\r\n";
        QTest::newRow("one line") << "HTTP/1.1 200 OK\r\nX-A: " + QByteArray(70'000, 'x') + "\r\n\r\n";
        QTest::newRow("many heads") << ("HTTP/1.1 103 Early Hints\r\n" + line + "\r\n").repeated(70);
    }

    void boundsTheHead()
    {
        QFETCH(const QByteArray, bytes);
        for (const qsizetype size : {qsizetype(1000), bytes.size()}) {
            AnswerParser parser(false);
            feedAll(parser, bytes, size);
            QCOMPARE(parser.state(), State::TooLarge);
        }
    }

    void aBodyMayBeLargerThanAHead()
    {
        AnswerParser parser(false);
        const QByteArray body(300'000, 'x');
        const QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body;
        QCOMPARE(feedAll(parser, answer, answer.size()), answer.size());
        QCOMPARE(parser.state(), State::Complete);
        QVERIFY(parser.takeBody() == body);
    }
};

QTEST_APPLESS_MAIN(AnswerParserTest)
#include "tst_answer_parser.moc"
