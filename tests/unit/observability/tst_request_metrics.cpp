// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "tests/unit/observability/metrics_testing.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// Refused before a target was picked.
RequestRecord refusedChat(ErrorKind kind, const char *reason)
{
    RequestRecord record = failedChat(kind, reason);
    record.route = record.provider = record.primaryProvider = record.model = {};
    return record;
}

} // namespace

Q_DECLARE_METATYPE(lunargate::RequestRecord)

/// What is counted of a request when it is finished.
class tst_request_metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsEveryOutcomeOnce_data();
    void countsEveryOutcomeOnce();
    void ignoresWhatAsksForNoModel();
    void countsTokensOfTheUsage();
    void countsWhatWasPaid();
    void countsTokensOfPromptCaches();
    void countsRetriesFallbacksAndHedges();
    void countsHitsAndMissesOfTheCache();
    void countsCallersByTheNamesOfTheirKeys();
    void observesDurationsInSeconds();
    void timeToFirstTokenIsForStreamsOnly();
    void timesBetweenChunksAreForStreamsOnly();
    void tellsWhatTheGatewayItselfTook();
};

void tst_request_metrics::countsEveryOutcomeOnce_data()
{
    QTest::addColumn<RequestRecord>("record");
    QTest::addColumn<QByteArray>("request"); ///< labels of requests_total
    QTest::addColumn<QByteArray>("error");   ///< labels of provider_errors_total, empty: none

    const auto row = [](const char *name, const RequestRecord &record, const char *request, const char *error = "") {
        QTest::newRow(name) << record << QByteArray(request) << QByteArray(error);
    };
    using enum ErrorKind;
    row("answered", chat(), R"(model="gpt-4o",provider="openai",route="default",status_code="200")");
    row("bad request", refusedChat(InvalidRequest, "invalid_json"),
        R"(model="none",provider="none",route="none",status_code="400")");
    row("no key", refusedChat(InvalidKey, "invalid_api_key"),
        R"(model="none",provider="none",route="none",status_code="401")");
    row("no route", refusedChat(NoRoute, "no_route"), R"(model="none",provider="none",route="none",status_code="502")");
    row("over our limit", refusedChat(Overloaded, "overloaded"),
        R"(model="none",provider="none",route="none",status_code="503")");
    row("our fault", failedChat(Internal, "internal"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="500")");
    row("client gone", failedChat(ClientCancelled, "client_cancelled"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="499")");
    row("not reached", failedChat(UpstreamTransport, "connect_error"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="502")",
        R"(error_type="provider_error",provider="openai")");
    row("too slow", failedChat(UpstreamTimeout, "read_timeout"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="502")",
        R"(error_type="upstream_timeout",provider="openai")");
    row("makes no sense", failedChat(UpstreamProtocol, "invalid_answer"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="502")",
        R"(error_type="parse_error",provider="openai")");
    row("provider's limit", failedChat(UpstreamStatus, "upstream_status", 429),
        R"(model="gpt-4o",provider="openai",route="default",status_code="429")",
        R"(error_type="rate_limit_error",provider="openai")");
    row("provider's own type", failedChat(UpstreamStatus, "upstream_status", 529, "overloaded_error"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="529")",
        R"(error_type="overloaded_error",provider="openai")");
    row("type nobody knows", failedChat(UpstreamStatus, "upstream_status", 500, "weird-4711"),
        R"(model="gpt-4o",provider="openai",route="default",status_code="500")",
        R"(error_type="other",provider="openai")");

    RequestRecord allFailed = failedChat(UpstreamStatus, "upstream_error", 503);
    allFailed.isExhausted = true;
    allFailed.primaryProvider = "anthropic";
    row("all targets failed", allFailed, R"(model="gpt-4o",provider="openai",route="default",status_code="503")",
        R"(error_type="all_failed",provider="anthropic")");

    RequestRecord brokenStream = failedChat(UpstreamTransport, "connection_reset");
    brokenStream.stream = true;
    row("stream broke", brokenStream, R"(model="gpt-4o",provider="openai",route="default",status_code="502")",
        R"(error_type="provider_error",provider="openai")");

    RequestRecord strange = chat();
    strange.status = 99'999;
    row("status that is none", strange, R"(model="gpt-4o",provider="openai",route="default",status_code="other")");

    RequestRecord direct = chat();
    direct.route = "embeddings-direct";
    row("embeddings without route", direct,
        R"(model="gpt-4o",provider="openai",route="embeddings-direct",status_code="200")");
}

void tst_request_metrics::countsEveryOutcomeOnce()
{
    QFETCH(const RequestRecord, record);
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, error);

    Metrics metrics(kNames);
    metrics.requestFinished(record);
    const Exposition text(metrics.render());
    QCOMPARE(text.series("ai_router_requests_total"), QByteArrayList{"ai_router_requests_total{" + request + '}'});
    QCOMPARE(text.sum("ai_router_requests_total"), 1.0);
    QCOMPARE(text.sum("ai_router_request_duration_seconds_count"), 1.0);

    const QByteArrayList errors =
        error.isEmpty() ? QByteArrayList() : QByteArrayList{"ai_router_provider_errors_total{" + error + '}'};
    QCOMPARE(text.series("ai_router_provider_errors_total"), errors);
    QCOMPARE(text.sum("ai_router_provider_errors_total"), error.isEmpty() ? 0.0 : 1.0);
}

void tst_request_metrics::ignoresWhatAsksForNoModel()
{
    Metrics metrics(kNames);
    RequestRecord health = chat();
    health.asksModel = false;
    metrics.requestFinished(health);
    QVERIFY(Exposition(metrics.render()).series("ai_router_requests_total").isEmpty());
}

void tst_request_metrics::countsTokensOfTheUsage()
{
    Metrics metrics(kNames);
    RequestRecord record = chat();
    metrics.requestFinished(record);
    record.usage = Usage{.input = 12, .output = 40};
    metrics.requestFinished(record);
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    QCOMPARE(text.value(R"(ai_router_tokens_total{direction="input",model="gpt-4o",provider="openai"})"), 24.0);
    QCOMPARE(text.value(R"(ai_router_tokens_total{direction="output",model="gpt-4o",provider="openai"})"), 80.0);
    QCOMPARE(text.series("ai_router_tokens_total").size(), 2);
}

void tst_request_metrics::countsWhatWasPaid()
{
    Metrics metrics(kNames);
    RequestRecord record = chat();
    metrics.requestFinished(record); // nothing to pay for
    record.cost = Cost{};            // unknown
    metrics.requestFinished(record);
    record.cost = Cost{Money::fromDollars(0.25), CostSource::Table};
    metrics.requestFinished(record);
    metrics.requestFinished(record);
    record.cost = Cost{Money::fromDollars(1), CostSource::Provider};
    metrics.requestFinished(record);
    record.cost = Cost{Money(), CostSource::Cache};
    record.savedCost = Money::fromDollars(0.125);
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    const auto cost = [&text](const QByteArray &source) {
        return text.value(R"(lunargate_cost_usd_total{model="gpt-4o",provider="openai",source=")" + source + "\"}");
    };
    QCOMPARE(cost("table"), 0.5);
    QCOMPARE(cost("provider"), 1.0);
    QCOMPARE(cost("override"), 0.0);
    QCOMPARE(text.sum("lunargate_cost_usd_total"), 1.5);
    QCOMPARE(text.value(R"(lunargate_cost_unknown_requests_total{model="gpt-4o",provider="openai"})"), 1.0);
    QCOMPARE(text.value(R"(lunargate_cost_saved_usd_total{model="gpt-4o",provider="openai"})"), 0.125);
}

void tst_request_metrics::countsTokensOfPromptCaches()
{
    Metrics metrics(kNames);
    RequestRecord record = chat();
    record.usage = Usage{.input = 5, .cachedInput = 100, .cacheWrite = 20, .cacheWriteHour = 3, .output = 7};
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    const auto tokens = [&text](const QByteArray &operation) {
        return text.value("ai_router_cache_tokens_total{model=\"gpt-4o\",operation=\"" + operation +
                          "\",provider=\"openai\"}");
    };
    QCOMPARE(tokens("read"), 100.0);
    QCOMPARE(tokens("write"), 23.0);
    QCOMPARE(text.series("ai_router_cache_tokens_total").size(), 2);
    // They were read all the same.
    QCOMPARE(text.value(R"(ai_router_tokens_total{direction="input",model="gpt-4o",provider="openai"})"), 128.0);
}

void tst_request_metrics::countsRetriesFallbacksAndHedges()
{
    Metrics metrics(kNames);
    const auto value = [&metrics](const char *name) { return Exposition(metrics.render()).value(name); };
    for (const char *name : {"lunargate_retries_total", "ai_router_fallbacks_used_total",
                             "lunargate_fallbacks_failed_total", "lunargate_hedged_requests_total"})
        QCOMPARE(value(name), 0.0);
    RequestRecord record = chat();
    metrics.requestFinished(record);
    record.retries = 2;
    record.fallbackTried = record.fallbackUsed = true;
    metrics.requestFinished(record);
    record.isHedged = true;
    record.fallbackUsed = false; // it was slower than the first target
    metrics.requestFinished(record);
    record.isHedged = false;
    record.setError({.kind = ErrorKind::ClientCancelled});
    metrics.requestFinished(record);
    record.setError({.kind = ErrorKind::UpstreamTransport});
    metrics.requestFinished(record);
    QCOMPARE(value("lunargate_retries_total"), 8.0);
    QCOMPARE(value("ai_router_fallbacks_used_total"), 1.0);
    QCOMPARE(value("lunargate_fallbacks_failed_total"), 1.0);
    QCOMPARE(value("lunargate_hedged_requests_total"), 1.0);
}

void tst_request_metrics::countsHitsAndMissesOfTheCache()
{
    Metrics metrics(kNames);
    RequestRecord record = chat();
    metrics.requestFinished(record);
    record.cacheUse = CacheUse::Hit;
    metrics.requestFinished(record);
    metrics.requestFinished(record);
    record.cacheUse = CacheUse::Miss;
    metrics.requestFinished(record);
    const Exposition text(metrics.render());
    QCOMPARE(text.value(R"(ai_router_cache_hits_total{status="hit"})"), 2.0);
    QCOMPARE(text.value(R"(ai_router_cache_hits_total{status="miss"})"), 1.0);
    QCOMPARE(text.sum("ai_router_requests_total"), 4.0);
}

void tst_request_metrics::countsCallersByTheNamesOfTheirKeys()
{
    KnownNames names = kNames;
    Metrics metrics(names);
    RequestRecord record = chat();
    record.caller = "app";
    metrics.requestFinished(record);
    QVERIFY(Exposition(metrics.render()).series("lunargate_caller_requests_total").isEmpty());
    names.callers = {"app", "other"};
    metrics.setKnownNames(names);
    metrics.requestFinished(record);
    record.caller = "somebody's token";
    metrics.requestFinished(record);
    record.caller.clear();
    metrics.requestFinished(record);
    const Exposition told(metrics.render());
    QCOMPARE(told.value("lunargate_caller_requests_total{caller=\"app\"}"), 1);
    QCOMPARE(told.value("lunargate_caller_requests_total{caller=\"other\"}"), 1);
    QCOMPARE(told.series("lunargate_caller_requests_total").size(), 2);
}

void tst_request_metrics::observesDurationsInSeconds()
{
    Metrics metrics(kNames);
    RequestRecord record = chat();
    record.upstreamStartedAt = record.startedAt + 3ms;
    record.finishedAt = record.startedAt + 1500ms;
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    const QByteArray bucket = R"(ai_router_request_duration_seconds_bucket{model="gpt-4o",provider="openai",le=")";
    QCOMPARE(text.value(R"(ai_router_request_duration_seconds_sum{model="gpt-4o",provider="openai"})"), 1.5);
    QCOMPARE(text.value(bucket + "1\"}"), 0.0);
    QCOMPARE(text.value(bucket + "2.5\"}"), 1.0);
    QCOMPARE(text.value(bucket + "+Inf\"}"), 1.0);
    QCOMPARE(text.value("lunargate_gateway_overhead_seconds_sum"), 0.003);
    QCOMPARE(text.value("lunargate_gateway_overhead_seconds_count"), 1.0);
}

void tst_request_metrics::timeToFirstTokenIsForStreamsOnly()
{
    const QByteArray labels = R"({model="gpt-4o",provider="openai"})";
    Metrics metrics(kNames);
    RequestRecord record = chat();
    record.firstByteAt = record.startedAt + 250ms;
    metrics.requestFinished(record);
    QCOMPARE(Exposition(metrics.render()).value("lunargate_time_to_first_token_seconds_count" + labels), 0.0);

    record.stream = true;
    metrics.requestFinished(record);
    const Exposition text(metrics.render());
    QCOMPARE(text.value("lunargate_time_to_first_token_seconds_count" + labels), 1.0);
    QCOMPARE(text.value("lunargate_time_to_first_token_seconds_sum" + labels), 0.25);
}

void tst_request_metrics::timesBetweenChunksAreForStreamsOnly()
{
    const QByteArray labels = R"({model="gpt-4o",provider="openai"})";
    Metrics metrics(kNames);
    RequestRecord record = chat();
    record.stream = true;
    metrics.requestFinished(record); // one piece: nothing is between
    for (const auto gap : {1ms, 10ms, 11ms, 60'000ms})
        record.chunkGaps.add(gap);
    metrics.requestFinished(record);
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    const auto upTo = [&text](const QByteArray &bound) {
        return text.value(R"(lunargate_time_between_chunks_seconds_bucket{model="gpt-4o",provider="openai",le=")" +
                          bound + "\"}");
    };
    QCOMPARE(text.value("lunargate_time_between_chunks_seconds_count" + labels), 8.0);
    QCOMPARE(text.value("lunargate_time_between_chunks_seconds_sum" + labels), 2 * 60.022);
    QCOMPARE(upTo("0.001"), 2.0); // a bound belongs to its bucket
    QCOMPARE(upTo("0.005"), 2.0);
    QCOMPARE(upTo("0.01"), 4.0);
    QCOMPARE(upTo("0.025"), 6.0);
    QCOMPARE(upTo("30"), 6.0);
    QCOMPARE(upTo("+Inf"), 8.0);
}

void tst_request_metrics::tellsWhatTheGatewayItselfTook()
{
    Metrics metrics(kNames);
    const auto sum = [&metrics] { return Exposition(metrics.render()).value("lunargate_gateway_own_seconds_sum"); };
    RequestRecord record = chat();
    record.finishedAt = record.startedAt + 1000ms;
    metrics.requestFinished(record); // nobody was asked
    QCOMPARE(Exposition(metrics.render()).value("lunargate_gateway_own_seconds_count"), 0.0);

    record.readAt = record.startedAt + 5ms; // the client was slow
    record.noteWait(15ms);
    record.upstreamStartedAt = record.startedAt + 30ms;
    record.noteWait(100ms);          // for the second attempt
    metrics.requestFinished(record); // and failed: there is nothing to pass on
    QCOMPARE(sum(), 0.01);
    record.firstByteAt = record.startedAt + 995ms;
    metrics.requestFinished(record);
    QCOMPARE(sum(), 0.01 + 0.015);
    record.stream = true;
    record.passingOn = 2ms;
    metrics.requestFinished(record);
    QCOMPARE(sum(), 0.01 + 0.015 + 0.012);
}

QTEST_APPLESS_MAIN(tst_request_metrics)
#include "tst_request_metrics.moc"
