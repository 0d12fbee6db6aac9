// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/version.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kCollectorKey = "lgw_canary_2c8e71d05f";

/// A gateway between an upstream and a collector.
struct CollectedGateway : GatewayFixture
{
    FakeUpstream collector;

    CollectedGateway()
    {
        collector.otherwise([](const ReceivedRequest &) { return Script::json(202, "{}"); });
    }

    QByteArray dataSharing(const QByteArray &more = {}) const
    {
        return "data_sharing:\n  enabled: true\n  api_key: " + QByteArray(kCollectorKey) +
               "\n  backend_url: " + collector.url() + "\n" + indented(more, 2);
    }
    bool start(const QByteArray &sharing = {}, const QByteArray &sections = {}, const QByteArray &provider = {})
    {
        return GatewayFixture::start({.provider = provider, .sections = dataSharing(sharing) + sections});
    }

    /// All that the collector got so far.
    QList<QJsonObject> events(const QString &type = {}) const
    {
        QList<QJsonObject> found;
        for (int i = 0; i < collector.requestCount(); ++i) {
            for (const QJsonValue event : jsonAt(collector.request(i).body, "events").toArray()) {
                if (type.isEmpty() || event[u"type"] == type)
                    found += event[u"data"].toObject();
            }
        }
        return found;
    }
    QList<QJsonObject> metrics() const { return events(QStringLiteral("metric")); }
    QList<QJsonObject> logs() const { return events(QStringLiteral("request_log")); }
    QByteArray everything() const
    {
        QByteArray all;
        for (int i = 0; i < collector.requestCount(); ++i)
            all += collector.request(i).body;
        return all;
    }
    /// Ends the gateway, and with it everything waiting goes out.
    bool finish() { return gateway.terminate(10s) == 0; }
};

QString at(const QJsonObject &event, const char *key)
{
    return event[QLatin1StringView(key)].toString();
}

QString tag(const QJsonObject &event, const char *key)
{
    return event[u"tags"][QLatin1StringView(key)].toString();
}

} // namespace

/// What the collector is told of requests, and what it is not.
class GatewayCollectorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void whatPassesUntranslatedIsNotTold()
    {
        CollectedGateway f;
        QVERIFY(f.start({}, "rate_limiting: {enabled: true, requests_per_minute: 1, burst_size: 1}\n"));
        f.upstream.enqueue(Script::json(200, "{}"));
        QCOMPARE(f.client().post("/v1/moderations", R"({"model":"m"})").status, 200);
        QCOMPARE(f.client().post("/v1/moderations", R"({"model":"m"})").status, 429); // nor is what is refused
        QVERIFY(f.finish());
        QVERIFY2(f.events().isEmpty(), f.everything().constData());
    }

    void aRequestIsToldWhenItStartsAndWhenItEnds()
    {
        CollectedGateway f;
        QVERIFY(f.start("gateway_lat: 50.1", {}, "temperature: 0.5\ntop_k: 40"));
        f.upstream.enqueue(Script::json(503, "{}"));
        const HttpAnswer answer = f.chat(chatBody("fake-model", R"("top_p":1.0)"),
                                         {{"X-Team", "blue"}, {"X-App", "cli"}, {"X-Environment", "test"}});
        QCOMPARE(answer.status, 200);
        QVERIFY(f.finish());

        const ReceivedRequest &request = f.collector.request(0);
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.path, QByteArray("/v1/collector"));
        QCOMPARE(request.header("Authorization"), QByteArray("Bearer ") + kCollectorKey);
        QCOMPARE(request.header("Content-Type"), QByteArray("application/json"));
        QCOMPARE(textAt(request.body, "version"), QByteArray("1.0"));
        QCOMPARE(textAt(request.body, "gateway_version"), QByteArray(version()));
        QVERIFY(textAt(request.body, "timestamp").endsWith('Z'));

        const QString id = QString::fromUtf8(answer.header("X-LunarGate-Request-ID"));
        QCOMPARE(f.events().size(), 2);
        const QJsonObject trace = f.events(QStringLiteral("trace")).value(0);
        QCOMPARE(at(trace, "request_id"), id);
        QCOMPARE(at(trace, "phase"), QStringLiteral("request_start"));
        QCOMPARE(tag(trace, "x-team"), QStringLiteral("blue"));

        const QJsonObject metric = f.metrics().value(0);
        QCOMPARE(at(metric, "request_id"), id);
        QCOMPARE(at(metric, "timestamp"), at(trace, "timestamp"));
        QCOMPARE(at(metric, "request_type"), QStringLiteral("chat_completions"));
        QVERIFY(metric[u"duration_ms"].toInteger(-1) >= 0);
        QVERIFY(metric[u"gateway_pre_upstream_ms"].toInteger(-1) >= 0);
        QCOMPARE(at(metric, "provider"), QStringLiteral("fake"));
        QCOMPARE(at(metric, "model"), QStringLiteral("fake/fake-model"));
        QVERIFY(metric[u"tokens_input"].toInteger() > 0);
        QVERIFY(metric[u"tokens_output"].toInteger() > 0);
        QVERIFY(metric[u"cost_usd"].isDouble());
        QCOMPARE(metric[u"status_code"].toInteger(), 200);
        QCOMPARE(metric[u"cache_hit"], QJsonValue(false));
        QCOMPARE(at(metric, "route_used"), QStringLiteral("default"));
        QCOMPARE(metric[u"target_index"].toInteger(-1), 0);
        QCOMPARE(metric[u"fallback_used"], QJsonValue(false));
        QCOMPARE(metric[u"retry_count"].toInteger(), 1);
        QCOMPARE(at(metric, "circuit_breaker_state"), QStringLiteral("closed"));
        QCOMPARE(tag(metric, "x-team"), QStringLiteral("blue"));
        QCOMPARE(tag(metric, "x-app"), QStringLiteral("cli"));
        QCOMPARE(tag(metric, "x-environment"), QStringLiteral("test"));
        QCOMPARE(tag(metric, "x-lunargate-request-type"), QStringLiteral("chat_completions"));
        QCOMPARE(tag(metric, "x-lunargate-model"), QStringLiteral("fake-model"));
        QCOMPARE(tag(metric, "x-lunargate-gateway-lat"), QStringLiteral("50.1"));
        QCOMPARE(tag(metric, "x-lunargate-resolved-provider"), QStringLiteral("fake"));
        QCOMPARE(tag(metric, "x-lunargate-resolved-model"), QStringLiteral("fake/fake-model"));
        QCOMPARE(tag(metric, "x-lunargate-request-stream"), QStringLiteral("false"));
        QCOMPARE(tag(metric, "x-lunargate-inference-temperature"), QStringLiteral("0.5"));
        QCOMPARE(tag(metric, "x-lunargate-inference-top-p"), QStringLiteral("1"));
        QVERIFY(!metric[u"tags"].toObject().contains(QStringLiteral("x-lunargate-inference-top-k")));
    }

    // Only Ollama is given a default of top_k; a target's wish comes before its provider's.
    void parametersAreThoseThatWereUsed()
    {
        CollectedGateway f;
        QByteArray yaml = simpleConfig(
            f.upstream, {.provider = "temperature: 0.5\ntop_p: 0.25\ntop_k: 40", .sections = f.dataSharing()});
        yaml.replace("type: openai", "type: ollama")
            .replace("        - provider: fake\n", "        - provider: fake\n          temperature: 0.75\n");
        QVERIFY(f.gateway.start(yaml));
        f.upstream.enqueue(
            Script::json(200, R"({"model":"m","message":{"role":"assistant","content":"a"},"done":true})"));
        QCOMPARE(f.chat(chatBody("fake-model", R"("top_p":1.0)")).status, 200);
        QVERIFY(f.finish());
        const QJsonObject metric = f.metrics().value(0);
        QCOMPARE(tag(metric, "x-lunargate-inference-temperature"), QStringLiteral("0.75"));
        QCOMPARE(tag(metric, "x-lunargate-inference-top-p"), QStringLiteral("1"));
        QCOMPARE(tag(metric, "x-lunargate-inference-top-k"), QStringLiteral("40"));
    }

    void everyOutcomeIsTold()
    {
        CollectedGateway f;
        QVERIFY(f.start({}, "caching: {enabled: true}\nsecurity:\n  slow_down: {max_delay: 0s}\n  api_key:\n"
                            "    keys:\n      - {name: ann, value: gate-key-of-ann}\n"));
        const HeaderList key = {{"Authorization", "Bearer gate-key-of-ann"}};
        QCOMPARE(f.chat(chatBody("fake-model"), key).status, 200);
        QCOMPARE(f.chat(chatBody("fake-model"), key).status, 200); // from the cache
        QCOMPARE(f.chat("{", key).status, 400);
        f.upstream.enqueue(Script::json(401, R"({"error":{"message":"no","type":"auth"}})"));
        f.chat(chatBody("fake-model", R"("seed":1)"), key);
        QCOMPARE(f.chat(chatBody("fake-model")).status, 401); // of no client
        f.client().get("/v1/models", key);
        {
            f.upstream.enqueue(Script::silence());
            RawClient client(f.port());
            client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("seed":2)"), key);
            QVERIFY(f.upstream.waitForRequests(3));
        }
        QVERIFY(f.upstream.waitForCancel(2));
        f.upstream.enqueue(
            Script::json(200, R"({"data":[{"embedding":[1]}],"model":"e","usage":{"prompt_tokens":3}})"));
        QCOMPARE(f.client().post("/v1/embeddings", R"({"model":"fake/e","input":"x"})", key).status, 200);
        QVERIFY(f.finish());

        QList<QJsonObject> metrics = f.metrics();
        QCOMPARE(metrics.size(), 6);
        // Two workers may end these in either order.
        if (metrics[4][u"status_code"].toInteger() != 499)
            metrics.swapItemsAt(4, 5);
        QCOMPARE(metrics[1][u"cache_hit"], QJsonValue(true));
        QCOMPARE(metrics[1][u"tokens_input"].toInteger(-1), 0);
        QCOMPARE(metrics[1][u"cost_usd"].toDouble(-1), 0.0);
        QCOMPARE(metrics[2][u"status_code"].toInteger(), 400);
        QCOMPARE(at(metrics[2], "error_code"), QStringLiteral("invalid_json"));
        QCOMPARE(metrics[3][u"status_code"].toInteger(), 401);
        QCOMPARE(at(metrics[3], "error_code"), QStringLiteral("provider_error"));
        QCOMPARE(at(metrics[4], "error_code"), QStringLiteral("client_cancelled"));
        QCOMPARE(metrics[4][u"status_code"].toInteger(), 499);
        QCOMPARE(at(metrics[5], "request_type"), QStringLiteral("embeddings"));
        QCOMPARE(metrics[5][u"tokens_input"].toInteger(-1), 3);
        QVERIFY(f.logs().isEmpty());
    }

    void answersOutOfTheCacheAreToldLikeOthers_data();
    void answersOutOfTheCacheAreToldLikeOthers();

    void promptsAndAnswersAreSharedWhereThatIsWanted()
    {
        CollectedGateway f;
        QVERIFY(f.start("share_prompts: true\nshare_responses: true", {}, "temperature: 0.5"));
        const HeaderList who = {{"X-LunarGate-User", "ann"}, {"X-LunarGate-SessionID", "session-7"}};
        f.upstream.enqueue(Script::chat("whole answer"));
        QCOMPARE(f.chat(chatBody("fake-model"), who).status, 200);
        f.upstream.enqueue(Script::chatStream({"streamed ", "answer"}));
        QCOMPARE(f.chat(chatBody("fake-model", R"("stream":true)"), who).status, 200);
        f.upstream.enqueue(Script::eventStream().content("a").reset());
        f.chat(chatBody("fake-model", R"("stream":true)"), who);
        QVERIFY(f.finish());

        const QList<QJsonObject> logs = f.logs();
        QCOMPARE(logs.size(), 3);
        QCOMPARE(at(logs[0], "user"), QStringLiteral("ann"));
        QCOMPARE(at(logs[0], "session_id"), QStringLiteral("session-7"));
        QCOMPARE(tag(logs[0], "x-lunargate-user"), QStringLiteral("ann"));
        QCOMPARE(tag(logs[0], "x-lunargate-upstream-base-url"), QString::fromUtf8(f.upstream.url()));
        QCOMPARE(logs[0][u"request"][u"model"].toString(), QStringLiteral("fake-model"));
        QVERIFY(!logs[0][u"request"][u"messages"].toArray().isEmpty());
        QCOMPARE(logs[0][u"request"][u"_lunargate"][u"inference_parameters"][u"temperature"].toDouble(), 0.5);
        QCOMPARE(logs[0][u"response"][u"choices"][0][u"message"][u"content"].toString(),
                 QStringLiteral("whole answer"));
        QCOMPARE(logs[1][u"response"][u"object"].toString(), QStringLiteral("chat.completion"));
        QCOMPARE(logs[1][u"response"][u"id"].toString(), at(logs[1], "request_id"));
        QCOMPARE(logs[1][u"response"][u"choices"][0][u"message"][u"content"].toString(),
                 QStringLiteral("streamed answer"));
        QCOMPARE(logs[1][u"response"][u"choices"][0][u"finish_reason"].toString(), QStringLiteral("stop"));
        QVERIFY(logs[1][u"response"][u"usage"][u"prompt_tokens"].toInteger() > 0);
        QVERIFY(logs[2].contains(u"request") && !logs[2].contains(u"response"));
        QVERIFY(!at(logs[2], "error_message").isEmpty());

        const QJsonObject stream = f.metrics().value(1);
        const qint64 first = stream[u"ttft_ms"].toInteger(-1);
        const qint64 last = stream[u"ttlt_ms"].toInteger(-1);
        QVERIFY(first >= 0 && last >= first && last <= stream[u"duration_ms"].toInteger());
        QVERIFY(!f.metrics().value(0).contains(u"ttft_ms"));
        QCOMPARE(at(f.metrics().value(2), "error_code"), QStringLiteral("streaming_error"));
    }

    void nothingPrivateLeavesWithoutSharing()
    {
        CollectedGateway f;
        QVERIFY(f.start());
        const QByteArray canary = "canary-91d0f7";
        HeaderList headers = {{"Authorization", "Bearer sk-client-" + canary},
                              {"X-API-Key", canary},
                              {"Cookie", canary},
                              {"User-Agent", canary},
                              {"X-Request-Id", canary},
                              {"X-Custom", canary},
                              {"X-LunarGate-User", canary},
                              {"X-LunarGate-SessionID", canary},
                              {"X-OpenWebUI-User-Id", canary},
                              {"X-LunarGate-Client-Lat", canary},
                              {"X-LunarGate-Client-Lon", canary}};
        headers.add("X-Team", "Bearer sk-client-" + canary); // what looks like a key is none of a tag's business
        const QByteArray body =
            R"({"model":"fake-model","user":"CANARY","messages":[{"role":"user","content":"CANARY"}],)"
            R"("metadata":{"user_id":"CANARY"},"stream":STREAM})";
        const QByteArray error = R"({"error":{"message":"CANARY","type":"CANARY","code":"CANARY"}})";
        const QByteArray upstreamKey = QByteArray(kProviderKey).right(12);
        const auto filled = [&canary](QByteArray text) { return text.replace("CANARY", canary); };
        for (const char *stream : {"false", "true"}) {
            const QByteArray request = filled(QByteArray(body).replace("STREAM", stream));
            for (const Script &script :
                 {QByteArray(stream) == "true" ? Script::chatStream({canary}) : Script::chat(canary),
                  Script::json(400, filled(error)), Script::json(403, filled(error)),
                  Script::json(200, "not json " + canary),
                  Script::eventStream().content(canary).data(filled(error)).end()}) {
                f.upstream.enqueue(script);
                f.chat(request, headers);
            }
            f.chat(canary, headers);
        }
        QVERIFY(f.finish());
        const QByteArray all = f.everything();
        QCOMPARE(f.metrics().size(), 12);
        QVERIFY2(!all.contains(canary), all.mid(std::max<qsizetype>(all.indexOf(canary) - 300, 0), 400).constData());
        QVERIFY(!all.contains(upstreamKey));
        QVERIFY(!all.contains(QByteArray(kCollectorKey).right(10)));
        QVERIFY(!all.contains(f.upstream.url()));
    }

    void nothingLeavesUnlessItIsSwitchedOn()
    {
        CollectedGateway f;
        const QByteArray off = f.dataSharing().replace("enabled: true", "enabled: false");
        QVERIFY(f.GatewayFixture::start({.sections = off}));
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        QCOMPARE(f.collector.requestCount(), 0);
    }

    void aReloadSwitchesItOnAndOff()
    {
        CollectedGateway f;
        const QByteArray on = f.dataSharing();
        const QByteArray off = QByteArray(on).replace("enabled: true", "enabled: false");
        const auto reload = [&f](const QByteArray &sections) {
            return f.gateway.writeConfig(simpleConfig(f.upstream, {.sections = sections})) &&
                   f.client().post("/admin/v1/reload", {}).status == 200;
        };
        QVERIFY(f.GatewayFixture::start({.sections = off}));
        QCOMPARE(f.chat(chatBody("first")).status, 200);
        QVERIFY(reload(on));
        QCOMPARE(f.chat(chatBody("second")).status, 200);
        QVERIFY(f.collector.waitForRequests(1)); // after the time that it waits for more
        QVERIFY(reload(off));
        QCOMPARE(f.chat(chatBody("third")).status, 200);
        QVERIFY(f.finish());
        const QByteArray all = f.everything();
        QVERIFY(!all.contains("first"));
        QVERIFY(all.contains("second"));
        QVERIFY(!all.contains("third"));
    }

    void aCollectorThatIsNotThereHoldsNobodyUp()
    {
        CollectedGateway f;
        const DeafPort deaf;
        const QByteArray url = "http://127.0.0.1:" + QByteArray::number(deaf.port()) + "/v1";
        QVERIFY(f.GatewayFixture::start({.sections = f.dataSharing().replace(f.collector.url(), url)}));
        for (int i = 0; i < 120; ++i) // enough for a batch
            QCOMPARE(f.chat().status, 200);
        const MetricsText metrics(f.client().get("/metrics").body);
        QCOMPARE(metrics.sum("lunargate_collector_queued_total"), 240.0);
        QCOMPARE(metrics.sum("lunargate_collector_queue_length"), 240.0);
        QCOMPARE(metrics.sum("lunargate_collector_reports_total", {{"outcome", "sent"}}), 0.0);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(f.finish());
        QVERIFY(timer.elapsed() < 8000); // it has three seconds
        QVERIFY(f.gateway.log().contains("could not be told of everything"));
    }

    // Nothing that would not have been sent is written; the next run sends it.
    void whatCannotBeSentWaitsOnTheDisk()
    {
        CollectedGateway f;
        const DeafPort deaf;
        const QTemporaryDir folder;
        const QByteArray url = "http://127.0.0.1:" + QByteArray::number(deaf.port()) + "/v1";
        const QByteArray sections = f.dataSharing("spool_path: " + folder.path().toUtf8());
        QVERIFY(f.GatewayFixture::start({.sections = QByteArray(sections).replace(f.collector.url(), url)}));
        const QByteArray canary = "canary-91d0f7";
        f.upstream.enqueue(Script::chat(canary));
        f.upstream.enqueue(Script::json(400, R"({"error":{"message":"canary-91d0f7"}})"));
        const QByteArray body = chatBody("fake-model", R"("user":"canary-91d0f7")");
        const HeaderList headers = {{"Authorization", "Bearer " + canary}, {"X-LunarGate-User", canary}};
        QCOMPARE(f.chat(body, headers).status, 200);
        QCOMPARE(f.chat(body, headers).status, 400);
        QVERIFY(f.finish());
        QVERIFY(f.gateway.log().contains("wait on the disk for the next start"));

        const auto files = [&folder] {
            return QDir(folder.path()).entryInfoList({QStringLiteral("*.events")}, QDir::Files);
        };
        QVERIFY(!files().isEmpty());
        for (const QFileInfo &info : files()) {
            QFile file(info.filePath());
            QVERIFY(file.open(QFile::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(bytes.contains("chat_completions"));
            QVERIFY(!bytes.contains(canary) && !bytes.contains(kCollectorKey) && !bytes.contains(kProviderKey));
        }

        GatewayProcess next;
        QVERIFY(next.start(simpleConfig(f.upstream, {.sections = sections})));
        QTRY_COMPARE(f.metrics().size(), 2);
        QTRY_VERIFY(files().isEmpty());
        const MetricsText metrics(HttpClient(next.port()).get("/metrics").body);
        QCOMPARE(metrics.sum("lunargate_collector_queued_total"), 4.0);
        QCOMPARE(metrics.sum("lunargate_collector_spool_reports"), 0.0);
    }

    // Also if that was decided while it did not run.
    void withoutSharingTheDiskIsForgotten()
    {
        CollectedGateway f;
        const QTemporaryDir folder;
        const auto files = [&folder] {
            return QDir(folder.path()).entryList({QStringLiteral("*.events")}, QDir::Files);
        };
        const QByteArray sections =
            f.dataSharing("spool_path: " + folder.path().toUtf8()).replace(f.collector.url(), "http://127.0.0.1:1/v1");
        QVERIFY(f.GatewayFixture::start({.sections = sections}));
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        QVERIFY(!files().isEmpty());
        GatewayProcess next;
        const QByteArray off = QByteArray(sections).replace("enabled: true", "enabled: false");
        QVERIFY(next.start(simpleConfig(f.upstream, {.sections = off})));
        QTRY_COMPARE(files(), QStringList());
    }

    void whatTheCollectorTookIsCounted()
    {
        CollectedGateway f;
        QVERIFY(f.start());
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.collector.waitForRequests(1));
        QTRY_COMPARE(MetricsText(f.client().get("/metrics").body)
                         .sum("lunargate_collector_reports_total", {{"outcome", "sent"}}),
                     2.0);
        QCOMPARE(MetricsText(f.client().get("/metrics").body).sum("lunargate_collector_queue_length"), 0.0);
    }
};

// Outside of the class: moc does not understand the texts in it.
void GatewayCollectorTest::answersOutOfTheCacheAreToldLikeOthers_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("stream");
    for (const bool stream : {false, true}) {
        const auto row = [stream](const char *name, const QByteArray &path, const QByteArray &more) {
            const QByteArray body = R"({"model":"fake-model","stream":)" + QByteArray(stream ? "true," : "false,");
            QTest::addRow("%s%s", name, stream ? ", streamed" : "") << path << body + more << stream;
        };
        row("chat", "/v1/chat/completions", R"("messages":[{"role":"user","content":"hi"}]})");
        row("Responses", "/v1/responses", R"("store":false,"input":"hi"})");
        row("Messages", "/v1/messages", R"("max_tokens":9,"messages":[{"role":"user","content":"hi"}]})");
        row("Ollama", "/api/chat", R"("messages":[{"role":"user","content":"hi"}]})");
        row("Ollama's prompts", "/api/generate", R"("prompt":"hi"})");
    }
}

// The collector knows one form, whatever the client speaks and wherever the answer came from.
void GatewayCollectorTest::answersOutOfTheCacheAreToldLikeOthers()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, body);
    QFETCH(const bool, stream);
    CollectedGateway f;
    QVERIFY(f.start("share_prompts: true\nshare_responses: true", "caching:\n  enabled: true\n  streams: true\n"));
    f.upstream.enqueue(stream ? Script::chatStream({"the ", "answer"}) : Script::chat("the answer"));
    for (const char *cache : {"MISS", "HIT"}) {
        const HttpAnswer answer = f.client().post(path, body);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Cache-Status"), cache);
    }
    QVERIFY(f.finish());
    const QList<QJsonObject> logs = f.logs();
    QCOMPARE(logs.size(), 2);
    for (const QJsonObject &log : logs) {
        const QJsonObject response = log[u"response"].toObject();
        const QJsonValue choice = response[u"choices"][0];
        QCOMPARE(response[u"object"].toString(), QStringLiteral("chat.completion"));
        QCOMPARE(choice[u"message"][u"content"].toString(), QStringLiteral("the answer"));
        QCOMPARE(choice[u"finish_reason"].toString(), QStringLiteral("stop"));
        const QJsonObject asked = log[u"request"][u"messages"][0].toObject();
        QCOMPARE(asked[u"role"].toString(), QStringLiteral("user"));
        QCOMPARE(asked[u"content"].toString(), QStringLiteral("hi"));
    }
}

QTEST_GUILESS_MAIN(GatewayCollectorTest)
#include "tst_collector.moc"
