// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QDir>
#include <QJsonArray>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

// A change that has nothing to do with what is tested.
const QByteArray kUnrelated = "logging: {level: debug}\n";

/// A gateway whose configuration changes. Which one runs shows in the model that it asks for.
struct Fixture : GatewayFixture
{
    QByteArray configFor(const QByteArray &model, const ConfigChanges &changes = {}) const
    {
        return simpleConfig(upstream, changes).replace("default_model: fake-model", "default_model: " + model);
    }
    bool startWith(const QByteArray &model, const ConfigChanges &changes = {})
    {
        return gateway.start(configFor(model, changes));
    }

    /// The default model of the running configuration.
    QByteArray model() const
    {
        const QByteArray id = chat().header("X-LunarGate-Model");
        return id.sliced(id.indexOf('/') + 1);
    }
    bool waitForModel(const QByteArray &wanted) const
    {
        return waitUntil([&] { return model() == wanted; });
    }

    HttpAnswer reload() const { return client().post("/admin/v1/reload", {}); }
    QByteArray result() const { return textAt(reload().body, "result"); }
    /// Has the file that was just written take over, unless it did so by itself already.
    bool takesOver() const
    {
        const QByteArray what = result();
        return what == "applied" || what == "unchanged";
    }
    HttpAnswer config() const { return client().get("/admin/v1/config"); }
    double metric(const QByteArray &name, const MetricsText::Labels &labels = {}) const
    {
        return MetricsText(client().get("/metrics").body).sum(name, labels);
    }

    QString path(const char *name) const
    {
        return QFileInfo(gateway.configPath()).dir().filePath(QString::fromUtf8(name));
    }
    bool write(const char *name, const QByteArray &text) const
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) == text.size();
    }
    bool move(const char *from, const char *to) const
    {
        return std::rename(path(from).toUtf8().constData(), path(to).toUtf8().constData()) == 0;
    }
    bool link(const char *target, const char *name) const
    {
        return QFile::link(QString::fromUtf8(target), path("link.tmp")) && move("link.tmp", name);
    }
};

} // namespace

/// Another configuration while the program runs.
class ReloadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void editedInPlace()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        QCOMPARE(fixture.model(), "first");
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("second")));
        QVERIFY(fixture.waitForModel("second"));
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("third")));
        QVERIFY(fixture.waitForModel("third"));
        QCOMPARE(fixture.metric("lunargate_config_reloads_total", {{"result", "applied"}}), 2.0);
        QVERIFY(fixture.gateway.log().contains("configuration reloaded trigger=file"));
    }

    void replacedByRename()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        for (const char *model : {"second", "third"}) {
            QVERIFY(fixture.write("config.yaml~", fixture.configFor(model)));
            QVERIFY(fixture.move("config.yaml~", "config.yaml"));
            QVERIFY(fixture.waitForModel(model));
        }
    }

    void deletedAndMadeAgain()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        for (const char *model : {"second", "third"}) {
            QVERIFY(QFile::remove(fixture.gateway.configPath()));
            QVERIFY(waitUntil([&] { return textAt(fixture.config().body, "last_error.result") == "rejected"; }));
            QVERIFY(!fixture.model().isEmpty()); // it goes on meanwhile
            QCOMPARE(textAt(fixture.config().body, "on_disk.state"), "unreadable");
            QVERIFY(fixture.gateway.writeConfig(fixture.configFor(model)));
            QVERIFY(fixture.waitForModel(model));
        }
    }

    // As Kubernetes updates a config map.
    void reachedThroughLinksThatAreSwapped()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        QVERIFY(fixture.write("..1/config.yaml", fixture.configFor("second")));
        QVERIFY(fixture.link("..1", "..data"));
        QVERIFY(fixture.link("..data/config.yaml", "config.yaml"));
        QVERIFY(fixture.waitForModel("second"));
        QVERIFY(fixture.write("..2/config.yaml", fixture.configFor("third")));
        QVERIFY(fixture.link("..2", "..data"));
        QVERIFY(fixture.waitForModel("third"));
        QVERIFY(fixture.write("..3/config.yaml", fixture.configFor("fourth")));
        QVERIFY(fixture.link("..3", "..data"));
        QVERIFY(fixture.waitForModel("fourth"));
    }

    void variablesOfDotEnv()
    {
        Fixture fixture;
        QVERIFY(fixture.write(".env", "MODEL=first\n"));
        QVERIFY(fixture.startWith("${MODEL}"));
        QCOMPARE(fixture.model(), "first");
        QVERIFY(fixture.write(".env", "MODEL=second\n"));
        QVERIFY(fixture.waitForModel("second"));
    }

    void hangupSignal()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        for (int times = 1; times <= 2; ++times) {
            fixture.gateway.signal(SIGHUP);
            QVERIFY(waitUntil(
                [&] { return fixture.gateway.log().count("configuration is as it was trigger=signal") == times; }));
        }
        QVERIFY(fixture.gateway.isRunning());
        QCOMPARE(fixture.model(), "first");
        QCOMPARE(fixture.gateway.terminate(), 0);
    }

    void requestTellsWhatCameOfIt()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        QCOMPARE(fixture.result(), "unchanged");
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("second", {.server = "port: 9999\nworkers: 3"})));
        const HttpAnswer answer = fixture.reload();
        QCOMPARE(answer.status, 200);
        QVERIFY(textAt(answer.body, "result") != "rejected"); // "unchanged" if the change was noticed before
        QCOMPARE(jsonAt(answer.body, "running.version").toInt(), 2);
        QCOMPARE(fixture.model(), "second"); // at once
        // The port is that of the command line, whatever the file says.
        QCOMPARE(jsonAt(answer.body, "restart_needed").toArray().size(), 1);
        QCOMPARE(textAt(answer.body, "restart_needed.0"), "server.workers");
        QVERIFY(
            fixture.gateway.waitForLog("this setting changes only with a restart of the gateway key=server.workers"));
    }

    void badFileChangesNothing_data()
    {
        QTest::addColumn<QByteArray>("text"); // +: the beginning of a good one
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("empty") << QByteArray() << QByteArray("config.yaml:1:1: the file is empty");
        QTest::newRow("comments") << QByteArray("# nothing\n") << QByteArray("config.yaml:1:1: the file is empty");
        QTest::newRow("truncated") << QByteArray("+") << QByteArray("there is no route with a target");
        QTest::newRow("invalid") << QByteArray("providers: {}\nserver: {port: x}\n")
                                 << QByteArray("config.yaml:2:16: server.port: expected a whole number");
    }

    void badFileChangesNothing()
    {
        QFETCH(QByteArray, text);
        QFETCH(const QByteArray, said);
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        if (text.startsWith('+'))
            text = fixture.configFor("second").first(60);
        QVERIFY(fixture.gateway.writeConfig(text));
        QVERIFY(fixture.gateway.waitForLog("configuration rejected"));
        QVERIFY2(fixture.gateway.waitForLog(said), fixture.gateway.log().constData());
        QCOMPARE(fixture.model(), "first");

        const HttpAnswer answer = fixture.reload();
        QCOMPARE(answer.status, 422);
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "result"), "rejected");
        QVERIFY(jsonAt(answer.body, "problems.0.line").toInt() > 0);
        QVERIFY(!textAt(answer.body, "problems.0.message").isEmpty());
        const QByteArray shown = fixture.config().body;
        QCOMPARE(textAt(shown, "running.config.providers.fake.default_model"), "first");
        QCOMPARE(jsonAt(shown, "running.version").toInt(), 1);
        QCOMPARE(textAt(shown, "on_disk.state"), "differs");
        QCOMPARE(textAt(shown, "last_error.result"), "rejected");
        QVERIFY(fixture.metric("lunargate_config_reloads_total", {{"result", "rejected"}}) >= 2.0);
        QCOMPARE(fixture.metric("lunargate_config_last_reload_successful"), 0.0);

        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("third")));
        QVERIFY(fixture.waitForModel("third"));
        QVERIFY(jsonAt(fixture.config().body, "last_error").isNull());
        QCOMPARE(fixture.metric("lunargate_config_last_reload_successful"), 1.0);
    }

    void configurationIsShownWithoutSecrets()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first", {.provider = "headers: {x-token: canary-header-value}"}));
        const HttpAnswer answer = fixture.config();
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("Cache-Control"), "no-store");
        QVERIFY(isJson(answer.body));
        QVERIFY2(!answer.body.contains("canary"), answer.body.constData());
        QCOMPARE(textAt(answer.body, "running.source"), fixture.gateway.configPath().toUtf8());
        QCOMPARE(textAt(answer.body, "running.config.providers.fake.api_key"), "***");
        QCOMPARE(textAt(answer.body, "on_disk.state"), "same");
        QVERIFY(!textAt(answer.body, "running.loaded_at").isEmpty());
        QVERIFY(jsonAt(answer.body, "last_reload").isNull());
    }

    void newSecretsAreMaskedToo()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("second").replace(kProviderKey, "canary-another-key")));
        QVERIFY(fixture.waitForModel("second"));
        QCOMPARE(fixture.upstream.lastRequest().header("Authorization"), "Bearer canary-another-key");
        fixture.upstream.enqueue(Script::json(400, R"({"error":{"message":"who is canary-another-key?"}})"));
        fixture.chat();
        fixture.upstream.enqueue(Script::json(400, QByteArray(R"({"error":{"message":"or )") + kProviderKey + "?\"}}"));
        fixture.chat();
        QCOMPARE(fixture.gateway.terminate(), 0);
        QVERIFY2(!fixture.gateway.log().contains("canary"), fixture.gateway.log().constData());
    }

    void commandLineGoesOnToCount()
    {
        Fixture fixture;
        fixture.gateway.setArguments({"--log-level", "debug", "--workers", "1"});
        QVERIFY(fixture.startWith("first", {.server = "workers: 2"}));
        QVERIFY(fixture.gateway.writeConfig(
            fixture.configFor("second", {.server = "workers: 3", .sections = "logging: {level: error}\n"})));
        QVERIFY(fixture.waitForModel("second"));
        const QByteArray shown = fixture.config().body;
        QCOMPARE(textAt(shown, "running.config.logging.level"), "debug");
        QCOMPARE(jsonAt(shown, "running.config.server.workers").toInt(), 1);
        QVERIFY(jsonAt(shown, "restart_needed").toArray().isEmpty());
    }

    void logChangesItsFormAtOnce()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("second", {.sections = "logging: {format: json}\n"})));
        QVERIFY(fixture.waitForModel("second"));
        QVERIFY(fixture.gateway.waitForLog(R"("message":"configuration reloaded")"));
    }

    void limitsOfTheServerChangeAtOnce()
    {
        Fixture fixture;
        QVERIFY(fixture.startWith("first"));
        const HeaderList foreign = {{"Host", "gateway.test"}};
        const QByteArray large = chatBody({}, "\"user\":\"" + QByteArray(3000, 'x') + "\"");
        QCOMPARE(fixture.client().get("/health", foreign).status, 403);
        QCOMPARE(fixture.chat(large).status, 200);
        QVERIFY(fixture.gateway.writeConfig(
            fixture.configFor("second", {.server = "allowed_hosts: gateway.test\nmax_body_bytes: 2KiB"})));
        QVERIFY(fixture.waitForModel("second"));
        QCOMPARE(fixture.client().get("/health", foreign).status, 200);
        QVERIFY(waitUntil([&] { return fixture.chat(large).status == 413; })); // every worker is told
    }

    void streamEndsOnItsOldProvider()
    {
        Fixture fixture;
        FakeUpstream next;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("one ").hold(gate).content("two").data("[DONE]").end());
        QVERIFY(fixture.startWith("first"));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake/first", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));

        QByteArray config = fixture.configFor("second").replace(fixture.upstream.url(), next.url());
        config.replace("fake", "other"); // the provider that streams is gone altogether
        QVERIFY(fixture.gateway.writeConfig(config));
        QVERIFY(fixture.waitForModel("second"));
        QVERIFY(next.requestCount() > 0);
        gate->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        const SseEvents events = SseEvents::parse(client.answer().body());
        QCOMPARE(events.content(), "one two");
        QVERIFY(events.endsWithDone());
    }

    void modelListsStayWhereTheirProviderDoes()
    {
        Fixture fixture;
        fixture.upstream.on("/v1/models", Script::json(200, R"({"data":[{"id":"told"}]})"));
        const ConfigChanges fetching{.provider = "models: {mode: fetch}"};
        QVERIFY(fixture.startWith("first", fetching));
        const auto listed = [&] { return fixture.client().get("/v1/models").body.contains("fake/told"); };
        const auto asked = [&] {
            int count = 0;
            for (int i = 0; i < fixture.upstream.requestCount(); ++i)
                count += fixture.upstream.request(i).path == "/v1/models" ? 1 : 0;
            return count;
        };
        QVERIFY(listed());
        QCOMPARE(asked(), 1);
        ConfigChanges unrelated = fetching;
        unrelated.sections = "model_aliases: {}\n";
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first", unrelated)));
        QVERIFY(fixture.takesOver());
        QVERIFY(listed());
        QCOMPARE(asked(), 1);
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first", fetching).replace(kProviderKey, "another-key")));
        QVERIFY(fixture.takesOver());
        QVERIFY(listed());
        QCOMPARE(asked(), 2);
    }

    void cachedAnswersStay()
    {
        Fixture fixture;
        const QByteArray caching = "caching: {enabled: true}\n";
        const auto status = [&] { return fixture.chat().header("X-LunarGate-Cache-Status"); };
        QVERIFY(fixture.startWith("first", {.sections = caching}));
        QCOMPARE(status(), "MISS");
        QCOMPARE(status(), "HIT");
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first", {.sections = caching + kUnrelated})));
        QVERIFY(fixture.takesOver());
        QCOMPARE(status(), "HIT");
        QCOMPARE(fixture.upstream.requestCount(), 1);
        // Without caching nothing is kept.
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first")));
        QVERIFY(fixture.takesOver());
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first", {.sections = caching})));
        QVERIFY(fixture.takesOver());
        QCOMPARE(status(), "MISS");
    }

    void whatClientsHaveUsedStays()
    {
        Fixture fixture;
        const QByteArray limits = "rate_limiting: {enabled: true, requests_per_minute: 1, burst_size: 2}\n";
        QVERIFY(fixture.startWith("first", {.sections = limits}));
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first", {.sections = limits + kUnrelated})));
        QVERIFY(fixture.takesOver());
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.chat().status, 429);
    }

    void newRetriesCountForTheNextRequest()
    {
        Fixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(500, "{}"); });
        const QByteArray retry = "initial_delay: 1ms\nmax_delay: 1ms\n";
        QVERIFY(fixture.startWith("first", {.retry = retry + "max_attempts: 1"}));
        QCOMPARE(fixture.chat().header("X-LunarGate-Attempts"), "1");
        QVERIFY(fixture.gateway.writeConfig(fixture.configFor("first", {.retry = retry + "max_attempts: 3"})));
        QVERIFY(fixture.takesOver());
        QCOMPARE(fixture.chat().header("X-LunarGate-Attempts"), "3");
        QCOMPARE(fixture.upstream.requestCount(), 1 + 3);
    }

    void openCircuitsStay()
    {
        Fixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(500, "{}"); });
        const QByteArray breaker = "circuit_breaker: {failure_threshold: 2, open_for: 1h}\n";
        QVERIFY(fixture.startWith("first", {.sections = breaker, .retry = "enabled: false"}));
        QCOMPARE(fixture.chat().status, 500);
        QVERIFY(fixture.gateway.writeConfig(
            fixture.configFor("first", {.sections = breaker + kUnrelated, .retry = "enabled: false"})));
        QVERIFY(fixture.takesOver());
        QCOMPARE(fixture.chat().status, 500); // the second failure, although the first was before
        fixture.chat();
        QCOMPARE(fixture.upstream.requestCount(), 2);
        QVERIFY(
            fixture.gateway.writeConfig(fixture.configFor("second", {.sections = breaker, .retry = "enabled: false"})));
        QVERIFY(fixture.takesOver());
        fixture.chat();
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void manyReloadsWhileRequestsRun()
    {
        constexpr int kReloads = 100;
        Fixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("long").hold(gate).data("[DONE]").end());
        QVERIFY(fixture.startWith("m0"));
        RawClient stream(fixture.port()); // begun with the first configuration, ends with the last
        stream.sendRequest("POST", "/v1/chat/completions", chatBody({}, R"("stream":true)"));
        QVERIFY(stream.waitForBody("long"));
        for (int i = 1; i <= kReloads; ++i) {
            const QByteArray model = "m" + QByteArray::number(i);
            RawClient running(fixture.port());
            running.sendRequest("POST", "/v1/chat/completions", chatBody({}, i % 2 ? R"("stream":true)" : ""));
            QVERIFY(fixture.gateway.writeConfig(fixture.configFor(model)));
            QVERIFY(fixture.takesOver());
            QVERIFY(running.waitForAnswer());
            QCOMPARE(running.answer().status(), 200);
            QCOMPARE(fixture.model(), model);
        }
        gate->open();
        QVERIFY(stream.waitForAnswer());
        QVERIFY(stream.answer().body().contains("[DONE]"));
        QCOMPARE(fixture.metric("ai_router_requests_total", {{"status_code", "200"}}), 2.0 * kReloads + 1);
        // What a sanitizer found would end the program with another status.
        QCOMPARE(fixture.gateway.terminate(), 0);
    }

    // Without a file the simulator answers; one that is made later takes over.
    void fileTakesOverFromTheBuiltInConfiguration()
    {
        FakeUpstream upstream;
        QTemporaryDir folder;
        QProcess program;
        program.setWorkingDirectory(folder.path());
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_DATA_HOME"), folder.path());
        environment.insert(QStringLiteral("ADMIN_TOKEN"), QLatin1StringView(kAdminToken));
        program.setProcessEnvironment(environment);
        QByteArray log;
        connect(&program, &QProcess::readyReadStandardError, this, [&] { log += program.readAllStandardError(); });
        program.start(QStringLiteral(LUNARGATE_PROGRAM),
                      {QStringLiteral("--no-gui"), QStringLiteral("--port"), QStringLiteral("0")});
        QRegularExpressionMatch match;
        QVERIFY(waitUntil([&] {
            static const QRegularExpression pattern(QStringLiteral(R"(gateway listening.*http://127\.0\.0\.1:(\d+))"));
            match = pattern.match(QString::fromUtf8(log));
            return match.hasMatch();
        }));
        const HttpClient client(match.captured(1).toUShort());
        const QByteArray before = client.get("/admin/v1/config").body;
        QCOMPARE(jsonAt(before, "running.is_built_in").toBool(), true);
        QCOMPARE(textAt(before, "on_disk.state"), "same");

        QFile file(folder.filePath(QStringLiteral("config.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(simpleConfig(upstream));
        file.close();
        QVERIFY(waitUntil([&] { return client.chat(chatBody()).header("X-LunarGate-Provider") == "fake"; }));
        QCOMPARE(textAt(client.get("/admin/v1/config").body, "running.source"), "config.yaml");
        QVERIFY(QFile::remove(file.fileName()));
        QVERIFY(waitUntil([&] { return log.contains("configuration rejected"); }));
        QCOMPARE(client.chat(chatBody()).header("X-LunarGate-Provider"), "fake");
        program.terminate();
        QVERIFY(waitUntil([&] { return program.state() == QProcess::NotRunning; }));
        QCOMPARE(program.exitCode(), 0);
    }
};

QTEST_GUILESS_MAIN(ReloadTest)
#include "tst_reload.moc"
