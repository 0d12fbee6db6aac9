// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/pseudo_terminal.h"
#include "tests/support/raw_client.h"

#include <QLocalServer>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// Start, address, and the end with requests under way.
class LifecycleTest : public QObject
{
    Q_OBJECT

private:
    static bool startOn(const PseudoTerminal &terminal, GatewayFixture &fixture, void (*onHangup)(int))
    {
        fixture.gateway.setChildModifier([open = terminal.opener(), onHangup] {
            open();
            std::signal(SIGHUP, onHangup);
        });
        return fixture.start();
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void listensOnBothLoopbackAddresses()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port(), QHostAddress(QHostAddress::LocalHostIPv6));
        client.sendRequest("GET", "/health", {}, {{"Host", "[::1]:" + QByteArray::number(fixture.port())}});
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
    }

    void addressIsToldInJsonLogsToo()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "logging: {format: json}\n"}));
        for (const QByteArray &line : fixture.gateway.log().split('\n'))
            QVERIFY2(line.isEmpty() || isJson(line), line.constData());
    }

    void endsWithTheTerminalThatItWasStartedFrom()
    {
        PseudoTerminal terminal;
        GatewayFixture fixture;
        QVERIFY(startOn(terminal, fixture, SIG_DFL));
        terminal.close();
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
    }

    // nohup has the program ignore the signal that the end of the terminal brings.
    void goesOnWithoutItsTerminalUnderNohup()
    {
        PseudoTerminal terminal;
        GatewayFixture fixture;
        QVERIFY(startOn(terminal, fixture, SIG_IGN));
        terminal.close();
        QVERIFY(fixture.gateway.waitForLog("configuration is as it was trigger=signal"));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.gateway.terminate(), 0);
    }

    void aSilentKeychainHoldsUpNeitherOthersNorTheEnd()
    {
        QTemporaryDir folder;
        QLocalServer desktop; // takes connections, and never says a word
        QVERIFY(desktop.listen(folder.filePath(QStringLiteral("bus"))));
        GatewayFixture fixture;
        fixture.gateway.setEnvironment("DBUS_SESSION_BUS_ADDRESS=unix:path=" + desktop.fullServerName().toUtf8());
        QVERIFY(fixture.start());
        QVERIFY(
            fixture.gateway.writeConfig(simpleConfig(fixture.upstream).replace(kProviderKey, "${keychain:open-ai}")));
        QVERIFY(waitUntil([&] { return desktop.hasPendingConnections(); }));
        RawClient asks(fixture.port());
        asks.sendRequest("POST", "/admin/v1/reload");
        QCOMPARE(textAt(fixture.client().get("/admin/v1/config").body, "on_disk.state"), "differs");
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(!asks.answer().isComplete());
        fixture.gateway.signal(SIGTERM);
        QVERIFY(asks.waitForAnswer());
        QCOMPARE(asks.answer().status(), 422);
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
    }

    void idleGatewayEndsAtOnceOnSigterm_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    void idleGatewayEndsAtOnceOnSigterm()
    {
        QFETCH(int, signal);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient idle(fixture.port()); // an open connection without a request must not hold it up
        idle.sendRequest("GET", "/health");
        QVERIFY(idle.waitForAnswer());
        fixture.gateway.signal(signal);
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
        QVERIFY(idle.waitForClose());
    }

    void runningStreamIsFinishedOnSigterm()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("one").hold(gate).content("two").data("[DONE]").end());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));
        fixture.gateway.signal(SIGTERM);
        QVERIFY(!waitUntil([&] { return !fixture.gateway.isRunning(); }, 500ms));
        gate->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(client.answer().body().endsWith("data: [DONE]\n\n"));
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
    }

    void readinessEndsWhileDraining()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("one").hold(gate).data("[DONE]").end());
        QVERIFY(fixture.start());
        // A balancer's connection that is open already.
        RawClient probe(fixture.port());
        probe.sendRequest("GET", "/ready");
        QVERIFY(probe.waitForAnswer());
        QCOMPARE(probe.answer().status(), 200);
        probe.nextAnswer();
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));
        fixture.gateway.signal(SIGTERM);
        // The signal takes a moment: ask until the answer changes.
        QVERIFY(waitUntil(
            [&] {
                probe.nextAnswer();
                probe.sendRequest("GET", "/ready");
                return probe.waitForAnswer(2s) && probe.answer().status() == 503;
            },
            5s));
        QCOMPARE(textAt(probe.answer().body(), "status"), "not ready");
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
    }

    void shutdownTimeoutCutsWhatDoesNotEnd()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("one").stall());
        QVERIFY(fixture.start({.server = "shutdown_timeout: 400ms"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));
        fixture.gateway.signal(SIGTERM);
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
        // Not silently: the stream says why it ends, and that it is not whole.
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(client.answer().body().contains(R"("code":"shutting_down")"));
        QVERIFY(!client.answer().body().contains("[DONE]"));
        QVERIFY(fixture.upstream.waitForCancel(0));
        QVERIFY(fixture.gateway.log().contains("shutting_down"));
        QVERIFY(!fixture.gateway.log().contains("client_cancelled"));
    }

    void shutdownTimeoutRefusesWhatHasNoAnswerYet()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script().stall());
        QVERIFY(fixture.start({.server = "shutdown_timeout: 400ms"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model"));
        QVERIFY(fixture.upstream.waitForRequests(1));
        fixture.gateway.signal(SIGTERM);
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 503);
        QCOMPARE(textAt(client.answer().body(), "error.code"), "shutting_down");
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void secondSignalEndsAtOnce()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("one").stall());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));
        fixture.gateway.signal(SIGTERM);
        QVERIFY(!waitUntil([&] { return !fixture.gateway.isRunning(); }, 300ms));
        const auto start = std::chrono::steady_clock::now();
        fixture.gateway.signal(SIGTERM);
        QVERIFY(waitUntil([&] { return !fixture.gateway.isRunning(); }, 3s));
        QVERIFY(std::chrono::steady_clock::now() - start < 2s);
    }

    void thousandRequestsLeaveNothingBehind()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "workers: 1"}));
        const auto burst = [&] {
            for (int i = 0; i < 250; ++i) {
                RawClient client(fixture.port());
                client.sendRequest("POST", "/v1/chat/completions",
                                   chatBody("fake-model", i % 2 ? "\"stream\":true" : "\"n\":1"));
                if (!client.waitForAnswer() || client.answer().status() != 200)
                    return false;
            }
            return true;
        };
        QVERIFY(burst());
        QVERIFY(burst());
        const qint64 before = fixture.gateway.residentBytes();
        QVERIFY(burst());
        QVERIFY(burst());
        const qint64 growth = fixture.gateway.residentBytes() - before;
#ifndef __SANITIZE_ADDRESS__ // the sanitizer keeps freed memory
        QVERIFY2(growth < 2 * 1024 * 1024, QByteArray::number(growth).constData());
#else
        Q_UNUSED(growth);
#endif
    }
};

QTEST_GUILESS_MAIN(LifecycleTest)
#include "tst_lifecycle.moc"
