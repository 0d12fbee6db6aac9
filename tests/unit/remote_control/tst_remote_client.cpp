// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_upstream.h"
#include "tests/support/json_path.h"
#include "tests/unit/remote_control/remote_client_fixture.h"

#include <QJsonArray>
#include <QLoggingCategory>
#include <QTcpServer>
#include <QTcpSocket>

using namespace lunargate;
using namespace lunargate::test;
using Fixture = RemoteClientFixture;

namespace {

constexpr const char *kClosed = "^remote control is not connected.*problem=\"the connection was closed";

} // namespace

/// The connection to the backend: made, kept, lost, made again, and ended.
class RemoteClientTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.remote_control.info=false"));
    }

    void saysWhoItIs()
    {
        Fixture f;
        QVERIFY(f.start());
        QCOMPARE(f.backend.path(), QByteArray("/v1/remote-control/ws/gateway"));
        QCOMPARE(f.backend.authorization(), QByteArray("Bearer ") + kKey);
        const QByteArray hello = f.backend.messages("hello").first();
        QCOMPARE(jsonAt(hello, "routes").toArray(), QJsonArray{QStringLiteral("main")});
        QCOMPARE(jsonAt(hello, "models").toArray(), QJsonArray{QStringLiteral("p/m")});
        QVERIFY(f.waitForState(State::Connected));
        const RemoteControlStatus status = f.board.status();
        QCOMPARE(textAt(hello, "instance_id"), status.instanceId);
        QCOMPARE(status.instanceId.size(), 32);
        QVERIFY(status.url.startsWith("ws://127.0.0.1:"));
    }

    void staysAlive()
    {
        Fixture f({.heartbeat = 20ms, .silence = 500ms, .connecting = 5s, .firstRetry = 1ms});
        QVERIFY(f.start());
        // Longer than the silence that it bears: the backend says nothing, but answers pings.
        QVERIFY(f.backend.waitForMessages("heartbeat", 40));
        QCOMPARE(f.backend.connectionCount(), 1);
    }

    void runsCommands()
    {
        Fixture f;
        QVERIFY(f.start());
        f.backend.execute("c1", R"({"mode":"route","value":"main"})", R"({"messages":[]})");
        const QByteArray answer = f.backend.answerTo("c1");
        QCOMPARE(jsonAt(answer, "status_code").toInt(), 200);
        QCOMPARE(textAt(answer, "body.model"), QByteArray("lunargate/auto"));
        f.backend.send(R"({"type":"sandbox.delete","command_id":"c2"})");
        QCOMPARE(jsonAt(f.backend.answerTo("c2"), "status_code").toInt(), 403);
    }

    void takesLargeRequestsButNoEndlessOnes()
    {
        Fixture f;
        f.config.remoteControl.maxRequestBytes = 300'000;
        QVERIFY(f.start());
        f.backend.execute("fits", "{}", R"({"a":")" + QByteArray(299'992, 'x') + R"("})");
        QCOMPARE(jsonAt(f.backend.answerTo("fits"), "status_code").toInt(), 200);
        f.backend.execute("too large", "{}", R"({"a":")" + QByteArray(299'993, 'x') + R"("})");
        QCOMPARE(jsonAt(f.backend.answerTo("too large"), "status_code").toInt(), 413);
        expectWarning("problem=\"the connection was closed .code 1009.\"");
        f.backend.execute("endless", "{}", R"({"a":")" + QByteArray(1'000'000, 'x') + R"("})");
        QVERIFY(f.backend.waitForConnections(2));
    }

    void comesBackWithoutTheOldCommands()
    {
        Fixture f;
        QVERIFY(f.start());
        f.backend.execute("c1", "{}", R"({"wait":1})");
        QVERIFY(waitUntil([] { return runningCommands == 1; }));
        expectWarning(kClosed);
        f.backend.close();
        QVERIFY(f.backend.waitForMessages("hello", 2));
        QVERIFY(waitUntil([] { return runningCommands == 0; }));
        QCOMPARE(f.board.status().commands.cancelled, 1);
        QVERIFY(f.backend.messages("sandbox.response").isEmpty());
        QVERIFY(f.board.status().lastError.contains("closed"));
        // The same process, for the backend too.
        QCOMPARE(textAt(f.backend.messages("hello")[0], "instance_id"),
                 textAt(f.backend.messages("hello")[1], "instance_id"));
    }

    void doesNotWaitForEverToConnect()
    {
        const DeafPort deaf;
        Fixture f({.connecting = 50ms, .firstRetry = 1h});
        f.config.dataSharing.backendUrl = "http://127.0.0.1:" + QByteArray::number(deaf.port());
        expectWarning("problem=\"the backend does not answer\"");
        f.apply();
        QVERIFY(f.waitForState(State::Waiting));
    }

    void triesAgainAndAgainButSaysItOnce()
    {
        Fixture f;
        f.config.dataSharing.backendUrl = "http://127.0.0.1:" + QByteArray::number(refusingPort());
        expectWarning("^remote control is not connected.*refused");
        f.apply();
        int attempts = 0;
        std::optional<RemoteControlStatus::Time> last;
        QVERIFY(waitUntil([&] {
            const RemoteControlStatus status = f.board.status();
            if (status.nextAttempt && status.nextAttempt != last) {
                last = status.nextAttempt;
                ++attempts;
            }
            return attempts > 4;
        }));
    }

    void saysThatTheKeyIsRefused_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isChallenged");
        QTest::newRow("401") << 401 << false;
        QTest::newRow("401 with a challenge") << 401 << true;
        QTest::newRow("403") << 403 << false;
    }

    void saysThatTheKeyIsRefused()
    {
        QFETCH(const int, status);
        QFETCH(const bool, isChallenged);
        FakeUpstream server;
        server.otherwise([=](const ReceivedRequest &) {
            const HeaderList challenge{{"WWW-Authenticate", "Basic realm=\"x\""}};
            return Script::json(status, R"({"detail":"secret"})", isChallenged ? challenge : HeaderList());
        });
        Fixture f({.firstRetry = 1h});
        f.config.dataSharing.backendUrl = server.url();
        expectWarning("^the backend refused the key of remote control; check data_sharing.api_key [^\n]*"
                      "problem=\"the backend answered with status 40[13]\"$");
        f.apply();
        QVERIFY(f.waitForState(State::Waiting));
        QVERIFY(f.board.status().nextAttempt.has_value());
        QVERIFY(!f.board.status().lastError.contains(kKey));
    }

    // Whoever redirects would get the key.
    void followsNoRedirect()
    {
        Fixture f({.firstRetry = 1h});
        FakeUpstream server;
        const QByteArray elsewhere = f.backend.url() + "/remote-control/ws/gateway";
        server.otherwise([=](const ReceivedRequest &) { return Script::json(302, {}, {{"Location", elsewhere}}); });
        f.config.dataSharing.backendUrl = server.url();
        expectWarning("status 302");
        f.apply();
        QVERIFY(f.waitForState(State::Waiting));
        QCOMPARE(f.backend.connectionCount(), 0);
    }

    void sendsNoKeyInTheClear()
    {
        Fixture f;
        f.config.dataSharing.backendUrl = "http://backend.test/v1";
        QTest::ignoreMessage(QtCriticalMsg,
                             QRegularExpression(QStringLiteral("^remote control cannot connect .*https://")));
        f.apply();
        QVERIFY(f.waitForState(State::Failed));
        QVERIFY(f.board.status().why.contains("https://"));
    }

    // And falls back to nothing less.
    void speaksTlsWhereItIsAskedTo()
    {
        QTcpServer server;
        QByteArray received;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *const socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [&, socket] {
                received += socket->readAll();
                socket->write("HTTP/1.1 400 Bad Request\r\n\r\n");
            });
        });
        Fixture f({.firstRetry = 1h});
        f.config.dataSharing.backendUrl = "https://127.0.0.1:" + QByteArray::number(server.serverPort());
        expectWarning("^remote control is not connected; it is tried again backend=wss://");
        f.apply();
        QVERIFY(f.waitForState(State::Waiting));
        QVERIFY(received.startsWith("\x16\x03")); // a TLS handshake (RFC 8446, 5.1)
        QVERIFY(!received.contains(kKey));
        QVERIFY2(!f.board.status().lastError.contains("400"), f.board.status().lastError);
    }

    void needsAKey()
    {
        Fixture f;
        f.config.dataSharing.apiKey = {};
        expectWarning("^remote control is off: there is no data_sharing.api_key");
        f.apply();
        QVERIFY(waitUntil([&] { return f.board.status().why.contains("api_key"); }));
        QCOMPARE(f.board.status().state, State::Off);
        QCOMPARE(f.backend.connectionCount(), 0);
        f.config.remoteControl.maxConcurrent = 7;
        f.apply(); // says nothing new
        f.remote.reset();
    }

    void unwantedSettingsAreAllTheSame()
    {
        const RemoteControlSettings off{
            .backendUrl = "http://a", .apiKey = SecretString("a"), .limits = {}, .routes = {}};
        const RemoteControlSettings other{.backendUrl = "http://b", .apiKey = {}, .limits = {}, .routes = {}};
        QVERIFY(off.hasSameBackend(other));
        RemoteControlSettings on = off;
        on.isWanted = true;
        QVERIFY(!on.hasSameBackend(off) && on.hasSameBackend(on));
        RemoteControlSettings elsewhere = on;
        elsewhere.backendUrl = "http://b";
        QVERIFY(!on.hasSameBackend(elsewhere));
    }

    void isOffUntilItIsWanted()
    {
        Fixture f;
        f.config.dataSharing.remoteControl = false;
        f.apply();
        QCOMPARE(f.board.status().state, State::Off);
        f.config.dataSharing.remoteControl = true;
        QVERIFY(f.start());
        QVERIFY(f.waitForState(State::Connected));
        f.config.dataSharing.remoteControl = false;
        f.apply();
        QVERIFY(waitUntil([&] { return !f.backend.isConnected(); }));
        QVERIFY(f.waitForState(State::Off));
        f.config.dataSharing.remoteControl = true;
        f.apply();
        QVERIFY(f.backend.waitForMessages("hello", 2));
        QCOMPARE(f.backend.connectionCount(), 2);
    }

    void onlyItsOwnSettingsReconnect()
    {
        Fixture f;
        QVERIFY(f.start());
        f.config.retry.maxAttempts = 7;
        f.config.remoteControl.maxRequestBytes = 1024;
        f.apply();
        f.backend.execute("c1", "{}", R"({"a":")" + QByteArray(1024, 'x') + R"("})");
        QCOMPARE(jsonAt(f.backend.answerTo("c1"), "status_code").toInt(), 413);
        QCOMPARE(f.backend.messages("hello").size(), 1); // there is nothing new to say
        f.config.routing.routes.push_back({.name = "added"});
        f.apply();
        QVERIFY(f.backend.waitForMessages("hello", 2));
        const QJsonArray routes{QStringLiteral("added"), QStringLiteral("main")};
        QCOMPARE(jsonAt(f.backend.messages("hello")[1], "routes").toArray(), routes);
        QCOMPARE(f.backend.connectionCount(), 1);
        f.config.dataSharing.apiKey = SecretString("another key");
        f.apply();
        QVERIFY(f.backend.waitForMessages("hello", 3));
        QCOMPARE(f.backend.authorization(), QByteArray("Bearer another key"));
    }

    void endsInOrderDuringACommand()
    {
        Fixture f;
        QVERIFY(f.start());
        f.backend.execute("c1", "{}", R"({"wait":1})");
        QVERIFY(waitUntil([] { return runningCommands == 1; }));
        f.remote->stop();
        const QByteArray answer = f.backend.answerTo("c1");
        QCOMPARE(jsonAt(answer, "status_code").toInt(), 503);
        QVERIFY(waitUntil([&] { return !f.backend.isConnected(); }));
        QCOMPARE(f.backend.closeCode(), 1001);
        f.apply(); // too late
        f.remote.reset();
        QCOMPARE(runningCommands, 0);
        QCOMPARE(f.board.status().state, State::Off);
    }

    // Nobody takes the last words here, as this thread waits for the end.
    void doesNotWaitForABackendThatIsGone()
    {
        Fixture f({.heartbeat = 20ms, .firstRetry = 1ms, .closing = 20ms});
        QVERIFY(f.start());
        f.backend.execute("c1", "{}", R"({"wait":1})");
        QVERIFY(waitUntil([] { return runningCommands == 1; }));
        f.remote.reset();
        QCOMPARE(runningCommands, 0);
    }
};

QTEST_GUILESS_MAIN(RemoteClientTest)
#include "tst_remote_client.moc"
