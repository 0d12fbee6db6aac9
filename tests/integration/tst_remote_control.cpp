// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_backend.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QTest>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kKey = "lgw_canary_77b0e5d1c4";

/// A gateway that is commanded by a backend.
struct ControlledGateway : GatewayFixture
{
    FakeBackend backend;

    QByteArray config(const QByteArray &sections = {}, bool isOn = true) const
    {
        return simpleConfig(
            upstream, {.sections = "data_sharing:\n  remote_control: " + QByteArray(isOn ? "true" : "false") +
                                   "\n  api_key: " + kKey + "\n  backend_url: " + backend.url() + "\n" + sections});
    }
    /// Connected, with the first hello.
    bool start(const QByteArray &sections = {})
    {
        return gateway.start(config(sections)) && backend.waitForMessages("hello", 1);
    }
    /// Runs a command to its end.
    QByteArray run(const QByteArray &target, const QByteArray &request = chatBody())
    {
        const QByteArray id = "command-" + QByteArray::number(++commands);
        backend.execute(id, target, request);
        return backend.answerTo(id);
    }
    QByteArray remote(const HeaderList &headers = {}) const { return client().get("/admin/v1/remote", headers).body; }
    double metric(const QByteArray &name, const MetricsText::Labels &labels = {}) const
    {
        return MetricsText(client().get("/metrics").body).sum(name, labels);
    }

    int commands = 0;
};

const QByteArray kSecurity = "security:\n"
                             "  enabled: true\n"
                             "  provider: api_key\n"
                             "  api_key:\n"
                             "    keys:\n"
                             "      - {name: boss, value: boss-key-9812, admin: true}\n";

} // namespace

/// Commands of the backend, through the whole gateway.
class GatewayRemoteControlTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void runsAChatByRoute()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::chat("from the route"));
        const QByteArray answer = f.run(R"({"mode":"route","value":"default"})");
        QCOMPARE(jsonAt(answer, "ok").toBool(), true);
        QCOMPARE(jsonAt(answer, "status_code").toInt(), 200);
        QCOMPARE(textAt(answer, "provider"), QByteArray("fake"));
        QCOMPARE(textAt(answer, "route_used"), QByteArray("default"));
        QCOMPARE(textAt(answer, "body.choices.0.message.content"), QByteArray("from the route"));
        const QByteArray requestId = textAt(answer, "request_id");
        QVERIFY(!requestId.isEmpty());
        // Log and history say who asked.
        QVERIFY(f.gateway.waitForLog("remote command"));
        QVERIFY(f.gateway.log().contains("command_id=command-1"));
        const QByteArray page = f.client().get("/admin/v1/requests").body;
        QVERIFY2(page.contains("remote-control") && page.contains(requestId), page.constData());
        QCOMPARE(f.metric("lunargate_caller_requests_total", {{"caller", "remote-control"}}), 1);
        QCOMPARE(f.metric("lunargate_remote_control_commands_total", {{"outcome", "ok"}}), 1);
        QCOMPARE(f.metric("lunargate_remote_control_connected"), 1);
    }

    void runsAChatByModel()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        const QByteArray answer = f.run(R"({"mode":"model","value":"fake/other-model"})", R"({"messages":[]})");
        QCOMPARE(jsonAt(answer, "status_code").toInt(), 200);
        QCOMPARE(textAt(f.upstream.lastRequest().body, "model"), QByteArray("other-model"));
        QVERIFY(jsonAt(f.backend.messages("hello").first(), "models")
                    .toArray()
                    .contains(QStringLiteral("fake/fake-model")));
        QVERIFY(!jsonAt(f.backend.messages("hello").first(), "models")
                     .toArray()
                     .contains(QStringLiteral("lunargate/auto")));
    }

    void answersStreamsWhole()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::chat("whole"));
        const QByteArray answer =
            f.run("{}", chatBody("fake-model", R"("stream":true,"stream_options":{"include_usage":true})"));
        QCOMPARE(textAt(answer, "body.choices.0.message.content"), QByteArray("whole"));
        QCOMPARE(jsonAt(f.upstream.lastRequest().body, "stream").toBool(true), false);
        QVERIFY(jsonAt(f.upstream.lastRequest().body, "stream_options").isUndefined());
    }

    // In the reference every command gets a 401 then.
    void needsNoKeyOfAUser()
    {
        ControlledGateway f;
        QVERIFY(f.start(kSecurity));
        QCOMPARE(f.chat().status, 401);
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        QCOMPARE(f.client().get("/admin/v1/remote", {{"Authorization", "Bearer nobodys"}}).status, 401);
        const QByteArray state = f.remote({{"Authorization", "Bearer boss-key-9812"}});
        QCOMPARE(textAt(state, "state"), QByteArray("connected"));
    }

    // The name is the gateway's word, and no header's.
    void nobodyElseGetsInAsRemoteControl()
    {
        ControlledGateway f;
        QVERIFY(f.start(kSecurity));
        QCOMPARE(f.chat(chatBody(), {{"Authorization", "Bearer remote-control"}}).status, 401);
        QCOMPARE(f.chat(chatBody(), {{"X-LunarGate-Caller", "remote-control"}}).status, 401);
    }

    void hasLimitsOfItsOwn()
    {
        ControlledGateway f;
        QVERIFY(f.start("rate_limiting:\n  enabled: true\n  requests_per_minute: 1\n  burst_size: 1\n"));
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200); // the model list took nothing
        const QByteArray refused = f.run("{}");
        QCOMPARE(jsonAt(refused, "status_code").toInt(), 429);
        QCOMPARE(textAt(refused, "body.error.code"), QByteArray("rate_limit_exceeded"));
        QCOMPARE(f.chat().status, 200); // others are not the poorer for it
    }

    void hasTheLimitsThatAreNamedForIt()
    {
        ControlledGateway f;
        QVERIFY(f.start("rate_limiting:\n  enabled: true\n  requests_per_minute: 1\n  burst_size: 1\n"
                        "  keys:\n    - {name: remote-control, requests_per_minute: 2, burst_size: 2}\n"));
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 429);
    }

    // Commands come from 127.0.0.1, too, but show no key.
    void guessesAreHeldBackBesideCommands()
    {
        ControlledGateway f;
        QVERIFY(f.start(kSecurity + "  slow_down: {free_attempts: 1, max_delay: 300ms}\n"));
        QCOMPARE(f.chat(chatBody(), {{"Authorization", "Bearer wrong"}}).status, 401);
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(f.chat(chatBody(), {{"Authorization", "Bearer wrong"}}).status, 401);
        QVERIFY(timer.durationElapsed() >= 250ms);
    }

    void commandsPassTheCache()
    {
        ControlledGateway f;
        QVERIFY(f.start("caching:\n  enabled: true\n"));
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        QCOMPARE(f.upstream.requestCount(), 2);
    }

    void keepsItsLimits()
    {
        ControlledGateway f;
        QVERIFY(f.start("remote_control:\n  max_concurrent: 1\n  timeout: 1500ms\n  max_request_bytes: 2KiB\n"
                        "  max_answer_bytes: 4KiB\n"));
        f.upstream.enqueue(Script::silence());
        f.backend.execute("slow", "{}", chatBody());
        QVERIFY(f.upstream.waitForRequests(1));
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 429);
        const QByteArray slow = f.backend.answerTo("slow");
        QCOMPARE(jsonAt(slow, "status_code").toInt(), 504);
        QVERIFY(f.upstream.waitForCancel(0));
        const QByteArray page = f.client().get("/admin/v1/requests").body;
        QVERIFY2(page.contains("command_timeout") && !page.contains("client_cancelled"), page);
        QCOMPARE(jsonAt(f.run("{}", R"({"a":")" + QByteArray(3000, 'x') + R"("})"), "status_code").toInt(), 413);
        f.upstream.enqueue(Script::chat(QByteArray(5000, 'x')));
        const QByteArray large = f.run("{}");
        QCOMPARE(jsonAt(large, "status_code").toInt(), 413);
        QVERIFY(jsonAt(large, "body").isUndefined());
        QCOMPARE(jsonAt(f.run("{}"), "status_code").toInt(), 200);
        const QJsonValue counts = jsonAt(f.remote(), "commands");
        QCOMPARE(counts[u"ok"].toInt(), 1);
        QCOMPARE(counts[u"refused"].toInt(), 2);
        QCOMPARE(counts[u"timeout"].toInt(), 1);
        QCOMPARE(counts[u"failed"].toInt(), 1);
        QCOMPARE(counts[u"running"].toInt(), 0);
    }

    void runsNothingElse()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        f.backend.send(R"({"type":"config.write","command_id":"w1","config":{"server":{}}})");
        f.backend.send(R"({"type":"sandbox.delete","command_id":"w1"})");
        const QByteArray answer = f.backend.answerTo("w1");
        QCOMPARE(jsonAt(answer, "status_code").toInt(), 403);
        QVERIFY(f.gateway.waitForLog("remote command refused"));
        QCOMPARE(f.backend.messages("sandbox.response").size(), 1);
        QCOMPARE(jsonAt(f.remote(), "ignored_messages").toInt(), 1);
    }

    void aLostConnectionCancelsItsCommands()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::silence());
        f.backend.execute("lost", "{}", chatBody());
        QVERIFY(f.upstream.waitForRequests(1));
        f.backend.close();
        QVERIFY(f.upstream.waitForCancel(0));
        QVERIFY(f.backend.waitForMessages("hello", 2)); // a second later
        QVERIFY(f.backend.messages("sandbox.response").isEmpty());
    }

    void showsHowItStands()
    {
        ControlledGateway f;
        QVERIFY(f.gateway.start(f.config({}, false)));
        const QByteArray off = f.remote();
        QCOMPARE(textAt(off, "state"), QByteArray("off"));
        QVERIFY(textAt(off, "why").contains("remote_control"));
        QVERIFY(jsonAt(off, "url").isNull());
        QVERIFY(jsonAt(off, "next_attempt_in_ms").isNull());

        QVERIFY(f.gateway.writeConfig(f.config()));
        QVERIFY(f.backend.waitForMessages("hello", 1));
        const QByteArray on = f.remote();
        QCOMPARE(textAt(on, "state"), QByteArray("connected"));
        QCOMPARE(textAt(on, "instance_id"), textAt(f.backend.messages("hello").first(), "instance_id"));
        QVERIFY(textAt(on, "url").startsWith("ws://127.0.0.1:"));
        QVERIFY(textAt(on, "since").endsWith('Z'));
        QVERIFY(!on.contains(kKey) && !f.gateway.log().contains(kKey));

        QVERIFY(f.gateway.writeConfig(f.config({}, false)));
        QVERIFY(waitUntil([&] { return !f.backend.isConnected(); }));
        QVERIFY(waitUntil([&] { return textAt(f.remote(), "state") == "off"; }));
    }

    void tellsTheNewRoutesAfterAReload()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        QVERIFY(f.gateway.writeConfig(f.config().replace("name: default", "name: renamed")));
        QVERIFY(f.backend.waitForMessages("hello", 2));
        QCOMPARE(jsonAt(f.backend.messages("hello")[1], "routes").toArray(), QJsonArray{QStringLiteral("renamed")});
        QCOMPARE(f.backend.connectionCount(), 1);
    }

    void endsCleanlyDuringACommand()
    {
        ControlledGateway f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::silence());
        f.backend.execute("cut", "{}", chatBody());
        QVERIFY(f.upstream.waitForRequests(1));
        f.gateway.signal(SIGTERM);
        QCOMPARE(jsonAt(f.backend.answerTo("cut"), "status_code").toInt(), 503);
        QCOMPARE(f.gateway.waitForEnd(), 0);
        QVERIFY(f.upstream.waitForCancel(0));
    }
};

QTEST_GUILESS_MAIN(GatewayRemoteControlTest)
#include "tst_remote_control.moc"
