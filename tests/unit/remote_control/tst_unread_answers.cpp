// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/json_path.h"
#include "tests/unit/remote_control/remote_client_fixture.h"

#include <QCryptographicHash>
#include <QLoggingCategory>
#include <QTcpServer>
#include <QTcpSocket>

using namespace lunargate;
using namespace lunargate::test;
using Fixture = RemoteClientFixture;

namespace {

/// What a WebSocket server answers (RFC 6455, 4.2.2).
QByteArray handshakeFor(const QByteArray &request)
{
    static const QRegularExpression kHeader(QStringLiteral("Sec-WebSocket-Key: *([^\\r]+)\\r\\n"),
                                            QRegularExpression::CaseInsensitiveOption);
    const QByteArray key = kHeader.match(QString::fromLatin1(request)).captured(1).toLatin1();
    const QByteArray accept =
        QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           accept + "\r\n\r\n";
}

QByteArray chatOf(qsizetype bytes)
{
    return QByteArray(R"({"a":"long"})").replace("long", QByteArray(bytes, 'x'));
}

} // namespace

/// Backends that say nothing, or do not read, while their side of the connection is open.
class UnreadAnswersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.remote_control.info=false"));
    }

    void givesASilentBackendUp()
    {
        Fixture f({.heartbeat = 20ms, .silence = 200ms, .connecting = 5s, .firstRetry = 100ms});
        QVERIFY(f.start());
        expectWarning("problem=\"the backend is silent\"");
        // While this thread does not run its events, nobody answers pings.
        QVERIFY(waitWithoutEvents([&] { return f.board.status().lastError == "the backend is silent"; }));
        QVERIFY(f.backend.waitForConnections(2));
    }

    // Pieces of a message that is never whole, and no answer to a ping.
    void bearsWithASlowMessage()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Fixture f({.heartbeat = 20ms, .silence = 1s, .connecting = 5s, .firstRetry = 1h});
        f.config.dataSharing.backendUrl = "http://127.0.0.1:" + QByteArray::number(server.serverPort());
        f.apply();
        QVERIFY(waitUntil([&] { return server.hasPendingConnections(); }));
        const std::unique_ptr<QTcpSocket> socket(server.nextPendingConnection());
        QByteArray request;
        QVERIFY(waitUntil([&] {
            request += socket->readAll();
            return request.endsWith("\r\n\r\n");
        }));
        socket->write(handshakeFor(request));
        socket->write(QByteArray("\x01\x01x", 3)); // the first of the pieces of a text (RFC 6455, 5.4)
        QDeadlineTimer enough(2s);
        while (!enough.hasExpired()) {
            socket->write(QByteArray("\x00\x01x", 3));
            QTest::qWait(20);
        }
        QCOMPARE(f.board.status().state, State::Connected);
        QCOMPARE(f.board.status().lastError, QByteArray());
        f.remote.reset(); // before the socket
    }

    // Nothing is taken of it here while this thread does not run its events.
    void runsNothingForABackendThatDoesNotRead()
    {
        Fixture f;
        f.config.remoteControl.maxConcurrent = 1;
        f.config.remoteControl.maxAnswerBytes = 1024;
        QVERIFY(f.start());
        constexpr int count = 20;
        for (int i = 0; i < count; ++i)
            f.backend.execute('c' + QByteArray::number(i), "{}", chatOf(300));
        f.backend.flush();
        QVERIFY(waitWithoutEvents(
            [&] { return f.board.status().commands.ok + f.board.status().commands.refused >= count; }));
        QVERIFY(f.board.status().commands.ok >= 1);
        QVERIFY2(f.board.status().commands.ok <= 3, QByteArray::number(f.board.status().commands.ok));
        QVERIFY(f.backend.waitForMessages("sandbox.response", count));
        QCOMPARE(jsonAt(f.backend.answerTo("c19"), "status_code").toInt(), 429);
        // Now it has read, and its answers to the pings have come before this.
        f.backend.execute("later", "{}", "{}");
        QCOMPARE(jsonAt(f.backend.answerTo("later"), "status_code").toInt(), 200);
        QCOMPARE(f.backend.connectionCount(), 1);
    }

    void leavesABackendThatGoesOnNotToRead()
    {
        Fixture f({.heartbeat = 1h, .silence = 500ms, .connecting = 5s, .firstRetry = 1h});
        f.config.remoteControl.maxConcurrent = 1;
        f.config.remoteControl.maxAnswerBytes = 1024;
        QVERIFY(f.start());
        expectWarning("problem=\"the backend does not take what it asked for\"");
        for (int i = 0; i < 5; ++i)
            f.backend.execute('c' + QByteArray::number(i), "{}", chatOf(600));
        QVERIFY(f.waitUnread("the backend does not take what it asked for")); // although it talks all the time
    }

    void leavesABackendThatAsksWithoutEndAndDoesNotRead()
    {
        Fixture f({.heartbeat = 1h, .silence = 1h, .connecting = 5s, .firstRetry = 1h});
        f.config.remoteControl.maxConcurrent = 1;
        f.config.remoteControl.maxAnswerBytes = 1024;
        QVERIFY(f.start());
        expectWarning("problem=\"the backend does not take what it asked for\"");
        QDeadlineTimer limit(kPatience);
        while (f.board.status().lastError.isEmpty() && !limit.hasExpired()) {
            for (int i = 0; i < 100; ++i) // each gets a refusal
                f.backend.send(R"({"type":"sandbox.delete","command_id":"c1"})");
            f.backend.flush();
        }
        QCOMPARE(f.board.status().lastError, "the backend does not take what it asked for");
    }
};

QTEST_GUILESS_MAIN(UnreadAnswersTest)
#include "tst_unread_answers.moc"
