// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/http/buffered_response.h"
#include "gateway/pipeline/cache_lookup.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::GatewayInMemory;
using test::Script;

/// What a request asks the cache, and what it leaves there. tests/integration/tst_caching.cpp has the whole of it.
class CacheLookupTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void foretellsWhatItWouldDo_data();
    void foretellsWhatItWouldDo();
    void keepsUnderTheNameOfWhoAnswered_data();
    void keepsUnderTheNameOfWhoAnswered();
    void targetsWithOtherOverridesShareNothing();
    void replaysTranslatedStreams();
};

namespace {

Config caching()
{
    Config config = test::twoProviders();
    config.caching.enabled = true;
    return config;
}

/// A request that was planned, as the stages before the cache leave it.
struct PlannedRequest
{
    explicit PlannedRequest(const QByteArray &fields = R"("model":"m1")", Config settings = caching(),
                            HeaderList headers = {})
        : config(std::make_shared<const Config>(std::move(settings))),
          services(*config),
          exchange(HttpRequest{.method = "POST",
                               .target = "/v1/chat/completions",
                               .headers = std::move(headers),
                               .body = {},
                               .peer = QHostAddress()},
                   response),
          context(exchange, std::make_shared<const Runtime>(config, services), network, background, services),
          request(*openai_chat::readRequest('{' + fields + '}', 100)),
          plan(*context.runtime->router.plan({.path = "/v1/chat/completions", .headers = exchange.request.headers}))
    {
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.access*=false"));
    }

    /// It was answered by the plan's candidate of that index.
    void keep(size_t candidate, const QByteArray &body = "{}")
    {
        CacheLookup lookup(context, cacheSubject(request), plan);
        const Candidate &who = plan.candidates[candidate];
        context.record.model = who.model;
        lookup.answeredBy(context.runtime->providers.find(who.providerId, who.responsesUpstream, who.target));
        lookup.keep({.body = body});
    }
    CacheForecast forecast(const HeaderList &headers = {})
    {
        return *test::runTask(
            forecastCache(*context.runtime, services, context.caller, headers, cacheSubject(request), plan));
    }

    std::shared_ptr<const Config> config;
    Services services;
    test::ScriptedTransport network{{}};
    BackgroundTasks background;
    BufferedResponse response{1024};
    Exchange exchange;
    RequestContext context;
    ChatRequest request;
    RoutePlan plan;
};

using Outcome = CacheForecast::Outcome;

} // namespace

void CacheLookupTest::foretellsWhatItWouldDo_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<HeaderList>("headers");
    QTest::addColumn<bool>("streams");
    QTest::addColumn<bool>("isKept");
    QTest::addColumn<Outcome>("outcome");
    const QByteArray whole = R"("model":"m1")";
    const QByteArray stream = R"("stream":true)";
    QTest::newRow("not kept") << whole << HeaderList() << false << false << Outcome::Miss;
    QTest::newRow("kept") << whole << HeaderList() << false << true << Outcome::Hit;
    QTest::newRow("forbidden") << whole << HeaderList{{"Cache-Control", "no-cache"}} << false << true
                               << Outcome::Bypassed;
    QTest::newRow("stream") << stream << HeaderList() << false << true << Outcome::Disabled;
    QTest::newRow("stream that could be there") << stream << HeaderList() << true << false << Outcome::Miss;
}

void CacheLookupTest::foretellsWhatItWouldDo()
{
    QFETCH(const QByteArray, fields);
    QFETCH(const HeaderList, headers);
    QFETCH(const bool, streams);
    QFETCH(const bool, isKept);
    QFETCH(const Outcome, outcome);
    Config config = caching();
    config.caching.streams = streams;
    PlannedRequest planned(fields, config);
    if (isKept)
        planned.keep(0);
    QCOMPARE(planned.forecast(headers).outcome, outcome);
    QCOMPARE(planned.forecast().age.count(), 0);
    // To foretell is to touch nothing.
    QCOMPARE(planned.services.cache->statistics().hits, 0);
    QCOMPARE(planned.services.cache->statistics().misses, 0);
    QCOMPARE(planned.context.record.cacheUse, CacheUse::None);

    config.caching.enabled = false;
    PlannedRequest off(fields, config);
    off.keep(0);
    QCOMPARE(off.forecast().outcome, Outcome::Disabled);
    QCOMPARE(off.services.cache->statistics().stored, 0);
}

void CacheLookupTest::keepsUnderTheNameOfWhoAnswered_data()
{
    QTest::addColumn<size_t>("candidate");
    QTest::addColumn<bool>("isSameModel");
    QTest::addColumn<Outcome>("outcome");
    QTest::newRow("the first target") << size_t(0) << false << Outcome::Hit;
    QTest::newRow("a fallback") << size_t(1) << false << Outcome::Miss;
    QTest::newRow("the first of two that differ in an override") << size_t(0) << true << Outcome::Hit;
    QTest::newRow("the second of two that differ in an override") << size_t(1) << true << Outcome::Miss;
}

void CacheLookupTest::keepsUnderTheNameOfWhoAnswered()
{
    QFETCH(const size_t, candidate);
    QFETCH(const bool, isSameModel);
    QFETCH(const Outcome, outcome);
    Config config = caching();
    if (isSameModel) {
        RouteConfig &route = config.routing.routes[0];
        route.fallback[0] = route.targets[0];
        route.fallback[0].overrides.temperature = 0.5;
    }
    PlannedRequest planned(R"("model":"m1")", config);
    QCOMPARE(planned.plan.candidates.size(), 2);
    planned.keep(candidate);
    QCOMPARE(planned.services.cache->statistics().contents.entries, 1);
    QCOMPARE(planned.forecast().outcome, outcome);
    // As the fallback itself would be found.
    std::swap(planned.plan.candidates[0], planned.plan.candidates[candidate]);
    QCOMPARE(planned.forecast().outcome, Outcome::Hit);
}

void CacheLookupTest::targetsWithOtherOverridesShareNothing()
{
    Config config = caching();
    PlannedRequest planned(R"("model":"m1")", config);
    planned.keep(0);
    config.routing.routes[0].targets[0].overrides.temperature = 0.5;
    PlannedRequest other(R"("model":"m1")", config);
    other.services.cache = planned.services.cache;
    QCOMPARE(other.forecast().outcome, Outcome::Miss);
    PlannedRequest same(R"("model":"m1")", caching());
    same.services.cache = planned.services.cache;
    QCOMPARE(same.forecast().outcome, Outcome::Hit);
}

// What was made of another protocol's events is kept as it was made, with its id and time.
void CacheLookupTest::replaysTranslatedStreams()
{
    Config config = caching();
    config.caching.streams = true;
    config.providers[0].protocol = Protocol::Ollama;
    Script script;
    script.bytes("{\"message\":{\"content\":\"a\"}}\n{\"message\":{\"content\":\"b\"}}\n");
    script.bytes("{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n");
    GatewayInMemory gateway({script}, config);
    const QByteArray fields = R"(,"messages":[{"role":"user","content":"hi"}])";
    gateway.postStream(fields);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.header("X-LunarGate-Cache-Status"), "MISS");
    const QByteArray first = gateway.client.received();
    gateway.postStream(fields);
    QTRY_VERIFY(gateway.client.received().count("\r\n0\r\n\r\n") == 2);
    const QByteArray second = gateway.client.received().sliced(first.size());
    QVERIFY(second.contains("X-LunarGate-Cache-Status: HIT\r\n"));
    const auto frames = [](QByteArrayView answer) {
        QByteArray text;
        for (const QByteArray &line : answer.toByteArray().split('\n')) {
            if (line.startsWith("data: "))
                text += line + '\n';
        }
        return text;
    };
    QVERIFY(frames(first).contains("[DONE]"));
    QCOMPARE(frames(second), frames(first));
    QCOMPARE(gateway.transport->requests.size(), 1);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CacheLookupTest)
#include "tst_cache_lookup.moc"
