// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// The fake upstream's answers say 7 tokens read and 3 written.
const QByteArray kPrices = "prices:\n  fake:\n    \"fake-*\": {input: 1, output: 2}\n";
const QByteArray kStream = chatBody("fake-model", R"("stream":true)");
const char kHeader[] = "X-LunarGate-Cost-USD";

Script answerWithUsage(const QByteArray &usage)
{
    return Script::json(200, R"({"choices":[{"index":0,"message":{"role":"assistant","content":"a"},)"
                             R"("finish_reason":"stop"}],"usage":)" +
                                 usage + '}');
}

struct Fixture : GatewayFixture
{
    bool start(const QByteArray &sections = kPrices)
    {
        return GatewayFixture::start({.sections = sections + "logging: {format: json}\n"});
    }
    MetricsText metrics() const { return MetricsText(client().get("/metrics").body); }
    double cost(const QByteArray &source) const
    {
        return metrics().sum("lunargate_cost_usd_total",
                             {{"provider", "fake"}, {"model", "fake-model"}, {"source", source}});
    }
    double unknown() const { return metrics().sum("lunargate_cost_unknown_requests_total"); }

    /// The access line of the last chat, once it is there.
    QByteArray line()
    {
        QByteArray found;
        waitUntil([&] {
            for (const QByteArray &candidate : gateway.log().split('\n')) {
                if (candidate.contains(R"("chat_completions")"))
                    found = candidate;
            }
            return !found.isEmpty();
        });
        return found;
    }
};

} // namespace

/// What requests cost is told in headers, log and metrics, and what nobody knows is unknown.
class CostsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aWholeAnswerTellsItsCost()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat().header(kHeader), "0.000013");
        QCOMPARE(fixture.cost("override"), 0.000013);
        QCOMPARE(fixture.unknown(), 0.0);
        const QByteArray line = fixture.line();
        QCOMPARE(jsonAt(line, "cost_usd").toDouble(), 0.000013);
        QCOMPARE(textAt(line, "cost_source"), "override");
    }

    void anUnknownPriceIsNotZero()
    {
        Fixture fixture;
        QVERIFY(fixture.start(""));
        QCOMPARE(fixture.chat().header(kHeader), "unknown");
        QCOMPARE(fixture.unknown(), 1.0);
        QCOMPARE(fixture.metrics().sum("lunargate_cost_usd_total"), 0.0);
        const QByteArray line = fixture.line();
        QVERIFY(jsonAt(line, "cost_usd").isUndefined());
        QCOMPARE(textAt(line, "cost_source"), "unknown");
    }

    // An OpenAI-compatible server elsewhere does not ask for OpenAI's prices, whatever its models are called.
    void aServiceThatSpeaksLikeOpenAiIsNotBilledLikeIt()
    {
        Fixture fixture;
        QVERIFY(fixture.start(""));
        QCOMPARE(fixture.chat(chatBody("gpt-4o")).header(kHeader), "unknown");
    }

    void aStreamIsCountedWithoutAHeader()
    {
        Fixture fixture;
        fixture.upstream.enqueue(Script::chatStream());
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header(kHeader), "");
        QTRY_COMPARE(fixture.cost("override"), 0.000013);
    }

    void whatTheProviderSaysWins()
    {
        Fixture fixture;
        fixture.upstream.enqueue(answerWithUsage(R"({"prompt_tokens":7,"completion_tokens":3,"cost":0.0002})"));
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat().header(kHeader), "0.0002");
        QCOMPARE(fixture.cost("provider"), 0.0002);
        QCOMPARE(fixture.cost("override"), 0.0);
    }

    void everyKindOfTokenHasItsPrice()
    {
        Fixture fixture;
        fixture.upstream.enqueue(answerWithUsage(
            R"({"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":60},)"
            R"("completion_tokens_details":{"reasoning_tokens":20}})"));
        QVERIFY(
            fixture.start("prices: {fake: {fake-model: {input: 1, cached_input: 0.1, output: 2, reasoning: 3}}}\n"));
        QCOMPARE(fixture.chat().header(kHeader), "0.000166"); // 40 + 6 + 60 + 60
    }

    void aStreamThatIsCutIsEstimated()
    {
        Fixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("four letters and more").close());
        QVERIFY(fixture.start());
        fixture.chat(kStream);
        QTRY_VERIFY(fixture.cost("override") > 0);
        const QByteArray line = fixture.line();
        QVERIFY(jsonAt(line, "tokens_estimated").toBool());
        QVERIFY(jsonAt(line, "cost_usd").toDouble() > 0);
    }

    // It told what there was to pay for until then, not for what came after it.
    void whatTheProviderSaidBeforeAStreamWasCutIsNotTheCost()
    {
        Fixture fixture;
        fixture.upstream.enqueue(
            Script::eventStream()
                .content("a")
                .data(R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":0,"cost":0.5}})")
                .content("four letters and more")
                .close());
        QVERIFY(fixture.start());
        fixture.chat(kStream);
        QTRY_VERIFY(fixture.cost("override") > 0);
        QCOMPARE(fixture.cost("provider"), 0.0);
    }

    void aHitCostsNothingAndTellsWhatItSaved()
    {
        Fixture fixture;
        QVERIFY(fixture.start(kPrices + "caching: {enabled: true, streams: true}\n"));
        QCOMPARE(fixture.chat().header(kHeader), "0.000013");
        const HttpAnswer hit = fixture.chat();
        QCOMPARE(hit.header("X-LunarGate-Cache-Status"), "HIT");
        QCOMPARE(hit.header(kHeader), "0");
        QCOMPARE(hit.header("X-LunarGate-Cost-Saved-USD"), "0.000013");
        QCOMPARE(fixture.cost("override"), 0.000013);
        QCOMPARE(fixture.metrics().sum("lunargate_cost_saved_usd_total", {{"provider", "fake"}}), 0.000013);
        const QByteArray record =
            fixture.client().get("/admin/v1/requests/" + hit.header("X-LunarGate-Request-ID")).body;
        QCOMPARE(jsonAt(record, "tokens_saved").toInt(), 10);
        QCOMPARE(jsonAt(record, "cost_saved_usd").toDouble(), 0.000013);
        QVERIFY(jsonAt(record, "time_saved_ms").isDouble());
        const QByteArray stats = fixture.client().get("/admin/v1/stats").body;
        QCOMPARE(jsonAt(stats, "total.cache_hits").toInt(), 1);
        QCOMPARE(jsonAt(stats, "total.tokens_saved").toInt(), 10);
        QCOMPARE(jsonAt(stats, "total.cost_saved_usd").toDouble(), 0.000013);
    }

    // What a replayed stream cost is known from the start.
    void aHitOfAStreamTellsItInTheHead()
    {
        Fixture fixture;
        fixture.upstream.enqueue(Script::chatStream());
        QVERIFY(fixture.start(kPrices + "caching: {enabled: true, streams: true}\n"));
        QCOMPARE(fixture.chat(kStream).status, 200);
        const HttpAnswer hit = fixture.chat(kStream);
        QCOMPARE(hit.header("X-LunarGate-Cache-Status"), "HIT");
        QCOMPARE(hit.header(kHeader), "0");
        QCOMPARE(hit.header("X-LunarGate-Cost-Saved-USD"), "0.000013");
    }

    void whatFailedHasNoCost()
    {
        Fixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(400, "{}"); });
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.header(kHeader), "");
        QCOMPARE(fixture.unknown(), 0.0);
    }

    void embeddingsCostTheirInput()
    {
        Fixture fixture;
        fixture.upstream.enqueue(
            Script::json(200, R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],)"
                              R"("model":"fake-model","usage":{"prompt_tokens":9,"total_tokens":9}})"));
        QVERIFY(fixture.start());
        const HttpAnswer answer =
            fixture.client().post("/v1/embeddings", R"({"model":"fake-model","input":"a","encoding_format":"float"})");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header(kHeader), "0.000009");
    }

    void whatASimulatorAnswersIsFree()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start("providers: {sim: {type: simulator}}\n"
                              "routing: {routes: [{name: r, targets: [{provider: sim}]}]}\n"));
        QCOMPARE(HttpClient(gateway.port()).chat(chatBody("simulator-1")).header(kHeader), "0");
    }

    void pricesChangeWhileRunning()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat().header(kHeader), "0.000013");
        const QByteArray dearer = QByteArray(kPrices).replace("output: 2", "output: 20");
        QVERIFY(fixture.gateway.writeConfig(simpleConfig(fixture.upstream, {.sections = dearer})));
        fixture.client().post("/admin/v1/reload", {});
        QCOMPARE(fixture.chat().header(kHeader), "0.000067");
    }

    void theModelListTellsPrices()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        const QByteArray model = fixture.client().get("/v1/models/fake/fake-model").body;
        QCOMPARE(jsonAt(model, "pricing.prompt").toDouble(), 1.0);
        QCOMPARE(jsonAt(model, "pricing.completion").toDouble(), 2.0);
        QVERIFY(jsonAt(fixture.client().get("/v1/models/lunargate/auto").body, "pricing").isUndefined());
    }
};

QTEST_GUILESS_MAIN(CostsTest)
#include "tst_costs.moc"
