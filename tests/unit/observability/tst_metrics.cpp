// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "gateway/observability/request_record.h"
#include "gateway/version.h"
#include "tests/unit/observability/exposition.h"

#include <QDateTime>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const KnownNames kNames = {
    .providers = {"openai", "anthropic"}, .models = {"gpt-4o", "claude-sonnet-4-5"}, .routes = {"default"}};

RequestRecord chat()
{
    return {.countsAsModelCall = true,
            .route = "default",
            .provider = "openai",
            .primaryProvider = "openai",
            .model = "gpt-4o",
            .status = 200};
}

RequestRecord failedChat(ErrorKind kind, const char *reason, int upstreamStatus = 0, const char *upstreamType = "")
{
    RequestRecord record = chat();
    record.setError({.kind = kind,
                     .reason = reason,
                     .message = "It failed.",
                     .upstreamStatus = upstreamStatus,
                     .upstreamType = upstreamType});
    return record;
}

/// Refused before a target was picked.
RequestRecord refusedChat(ErrorKind kind, const char *reason)
{
    RequestRecord record = failedChat(kind, reason);
    record.route = record.provider = record.primaryProvider = record.model = {};
    return record;
}

QByteArrayList boundaries(const Exposition &metrics, const QByteArray &histogram)
{
    QByteArrayList result;
    for (const QByteArray &series : metrics.series(histogram + "_bucket")) {
        const qsizetype begin = series.indexOf("le=\"") + 4;
        result.append(series.sliced(begin, series.indexOf('"', begin) - begin));
    }
    std::ranges::sort(result, {}, [](const QByteArray &text) { return text == "+Inf" ? 1e9 : text.toDouble(); });
    return result;
}

} // namespace

Q_DECLARE_METATYPE(lunargate::RequestRecord)

class tst_metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void describesItsMetrics_data();
    void describesItsMetrics();
    void bucketsAreFixed_data();
    void bucketsAreFixed();
    void countsEveryOutcomeOnce_data();
    void countsEveryOutcomeOnce();
    void ignoresWhatIsNoModelCall();
    void countsTokensOfTheUsage();
    void countsWhatWasPaid();
    void countsFallbacksThatAnswered();
    void countsCallersByTheNamesOfTheirKeys();
    void observesDurationsInSeconds();
    void timeToFirstTokenIsForStreamsOnly();
    void activeRequestsFollowTheirGuards();
    void countsAttempts();
    void countsWhyAttemptsFailed();
    void mapsErrorsToOutcomes_data();
    void mapsErrorsToOutcomes();
    void tenThousandUnknownNamesAddOneSeries();
    void knownNamesAreCappedToo();
    void aReloadChangesWhichNamesAreKnown();
    void manyReloadsDoNotUseUpTheCap();
    void countsWhatCameOfReloads();
    void labelValuesAreEscaped();
    void tellsVersionAndProcess();
};

void tst_metrics::describesItsMetrics_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("help");

    const auto row = [](const char *name, const char *type, const char *help) {
        QTest::newRow(name) << QByteArray(name) << QByteArray(type) << QByteArray(help);
    };
    row("ai_router_requests_total", "counter", "Total number of requests processed");
    row("ai_router_request_duration_seconds", "histogram", "Request duration in seconds");
    row("ai_router_tokens_total", "counter", "Total number of tokens processed");
    row("ai_router_provider_errors_total", "counter", "Total number of provider errors");
    row("lunargate_cost_usd_total", "counter",
        "Total cost of model calls in US dollars by who says so, as far as it is known");
    row("lunargate_cost_unknown_requests_total", "counter",
        "Total number of requests that a provider served at a cost that nobody knows");
    row("lunargate_cost_saved_usd_total", "counter",
        "Total cost of the calls that answers from the cache made unnecessary in US dollars");
    row("ai_router_fallbacks_used_total", "counter", "Total number of fallback invocations");
    row("ai_router_active_requests", "gauge", "Number of currently active requests");
    row("lunargate_build_info", "gauge", "Version of the program, always 1");
    row("lunargate_time_to_first_token_seconds", "histogram",
        "Streams: time from the request to the first content in seconds");
    row("lunargate_gateway_overhead_seconds", "histogram",
        "Time from the request to the first call to a provider in seconds");
    row("lunargate_attempts_total", "counter", "Total number of calls to providers by how they ended");
    row("lunargate_config_reloads_total", "counter",
        "Total number of times the configuration was read anew by what came of it");
    row("lunargate_config_last_reload_successful", "gauge",
        "Whether the configuration could be used when it was read last");
    row("lunargate_config_last_reload_success_timestamp_seconds", "gauge",
        "When the configuration was last read and found usable, in seconds since unix epoch");
    row("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.");
    row("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
    row("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.");
    row("process_open_fds", "gauge", "Number of open file descriptors.");
}

void tst_metrics::describesItsMetrics()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, type);
    QFETCH(const QByteArray, help);

    Metrics metrics(kNames);
    metrics.requestFinished(failedChat(ErrorKind::UpstreamTimeout, "read_timeout"));
    const Exposition text(metrics.render());
    QCOMPARE(text.comments().count("# HELP " + name + ' ' + help), 1);
    QCOMPARE(text.comments().count("# TYPE " + name + ' ' + type), 1);
}

void tst_metrics::bucketsAreFixed_data()
{
    QTest::addColumn<QByteArray>("histogram");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("duration") << QByteArray("ai_router_request_duration_seconds")
                              << QByteArray("0.1 0.25 0.5 1 2.5 5 10 30 60 120 +Inf");
    QTest::newRow("first token") << QByteArray("lunargate_time_to_first_token_seconds")
                                 << QByteArray("0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 "
                                               "30 60 +Inf");
    QTest::newRow("overhead") << QByteArray("lunargate_gateway_overhead_seconds")
                              << QByteArray("5e-05 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.1 1 +Inf");
}

void tst_metrics::bucketsAreFixed()
{
    QFETCH(const QByteArray, histogram);
    QFETCH(const QByteArray, expected);

    Metrics metrics(kNames);
    metrics.requestFinished(chat());
    QCOMPARE(boundaries(Exposition(metrics.render()), histogram).join(' '), expected);
}

void tst_metrics::countsEveryOutcomeOnce_data()
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

void tst_metrics::countsEveryOutcomeOnce()
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

void tst_metrics::ignoresWhatIsNoModelCall()
{
    Metrics metrics(kNames);
    RequestRecord health = chat();
    health.countsAsModelCall = false;
    metrics.requestFinished(health);
    QVERIFY(Exposition(metrics.render()).series("ai_router_requests_total").isEmpty());
}

void tst_metrics::countsTokensOfTheUsage()
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

void tst_metrics::countsWhatWasPaid()
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

void tst_metrics::countsFallbacksThatAnswered()
{
    Metrics metrics(kNames);
    QCOMPARE(Exposition(metrics.render()).value("ai_router_fallbacks_used_total"), 0.0);
    RequestRecord record = chat();
    metrics.requestFinished(record);
    record.fallbackUsed = true;
    metrics.requestFinished(record);
    QCOMPARE(Exposition(metrics.render()).value("ai_router_fallbacks_used_total"), 1.0);
}

void tst_metrics::countsCallersByTheNamesOfTheirKeys()
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

void tst_metrics::observesDurationsInSeconds()
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

void tst_metrics::timeToFirstTokenIsForStreamsOnly()
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

void tst_metrics::activeRequestsFollowTheirGuards()
{
    Metrics metrics(kNames);
    const auto active = [&] { return Exposition(metrics.render()).value("ai_router_active_requests"); };
    QCOMPARE(active(), 0.0);
    {
        ActiveRequest first = metrics.requestStarted();
        ActiveRequest second = metrics.requestStarted();
        QCOMPARE(active(), 2.0);
        const ActiveRequest moved = std::move(first);
        QCOMPARE(active(), 2.0);
        second = ActiveRequest();
        QCOMPARE(active(), 1.0);
        metrics.requestFinished(chat());
        QCOMPARE(active(), 1.0);
    }
    QCOMPARE(active(), 0.0);
}

void tst_metrics::countsAttempts()
{
    Metrics metrics(kNames);
    const auto attempts = [&](const char *provider, const char *outcome) {
        return Exposition(metrics.render())
            .value(QByteArray("lunargate_attempts_total{outcome=\"") + outcome + "\",provider=\"" + provider + "\"}");
    };
    QCOMPARE(attempts("openai", "success"), 0.0);
    metrics.attemptFinished("openai", AttemptOutcome::ServerError);
    metrics.attemptFinished("openai", AttemptOutcome::Success);
    metrics.attemptFinished("openai", AttemptOutcome::Success);
    metrics.attemptFinished("nobody", AttemptOutcome::Timeout);
    QCOMPARE(attempts("openai", "server_error"), 1.0);
    QCOMPARE(attempts("openai", "success"), 2.0);
    QCOMPARE(attempts("anthropic", "success"), 0.0);
    QCOMPARE(attempts("other", "timeout"), 1.0);
    QCOMPARE(attempts("nobody", "timeout"), -1.0);
}

void tst_metrics::countsWhyAttemptsFailed()
{
    Metrics metrics(kNames);
    const auto failures = [&](const char *provider, const char *reason) {
        return Exposition(metrics.render())
            .value(QByteArray("lunargate_attempt_failures_total{provider=\"") + provider + "\",reason=\"" + reason +
                   "\"}");
    };
    metrics.attemptFailed("openai", {.kind = ErrorKind::UpstreamTransport, .reason = "dns_error", .message = "m"});
    metrics.attemptFailed("openai", {.kind = ErrorKind::UpstreamTransport, .reason = "dns_error", .message = "m"});
    metrics.attemptFailed("nobody", {.kind = ErrorKind::UpstreamTimeout, .reason = "idle_timeout", .message = "m"});
    metrics.attemptFailed("openai", {.kind = ErrorKind::Internal, .reason = "whatever", .message = "m"});
    QCOMPARE(failures("openai", "dns_error"), 2.0);
    QCOMPARE(failures("other", "idle_timeout"), 1.0);
    QCOMPARE(failures("openai", "other"), 1.0);
    QCOMPARE(Exposition(metrics.render()).value(R"(lunargate_attempts_total{outcome="transport",provider="openai"})"),
             2.0);
}

void tst_metrics::mapsErrorsToOutcomes_data()
{
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<int>("status");
    QTest::addColumn<AttemptOutcome>("outcome");
    using enum ErrorKind;
    QTest::newRow("429") << UpstreamStatus << 429 << AttemptOutcome::RateLimited;
    QTest::newRow("400") << UpstreamStatus << 400 << AttemptOutcome::ClientError;
    QTest::newRow("503") << UpstreamStatus << 503 << AttemptOutcome::ServerError;
    QTest::newRow("timeout") << UpstreamTimeout << 0 << AttemptOutcome::Timeout;
    QTest::newRow("transport") << UpstreamTransport << 0 << AttemptOutcome::Transport;
    QTest::newRow("protocol") << UpstreamProtocol << 0 << AttemptOutcome::Protocol;
    QTest::newRow("deadline of the request") << DeadlineExceeded << 0 << AttemptOutcome::Timeout;
    QTest::newRow("cancelled") << ClientCancelled << 0 << AttemptOutcome::Cancelled;
    QTest::newRow("internal") << Internal << 0 << AttemptOutcome::InternalError;
}

void tst_metrics::mapsErrorsToOutcomes()
{
    QFETCH(const ErrorKind, kind);
    QFETCH(const int, status);
    QFETCH(const AttemptOutcome, outcome);
    QCOMPARE(attemptOutcome({.kind = kind, .reason = "any", .message = "Any.", .upstreamStatus = status}), outcome);
}

void tst_metrics::tenThousandUnknownNamesAddOneSeries()
{
    Metrics metrics(kNames);
    metrics.requestFinished(chat());
    const qsizetype before = Exposition(metrics.render()).size();

    RequestRecord record = failedChat(ErrorKind::UpstreamStatus, "upstream_status", 404);
    for (int i = 0; i < 10'000; ++i) {
        const QByteArray random = QByteArray::number(QRandomGenerator::global()->generate64(), 16);
        record.provider = "p" + random;
        record.model = "m" + random;
        record.route = "r" + random;
        record.errorType = "t" + random;
        metrics.requestFinished(record);
        metrics.attemptFinished(record.provider, AttemptOutcome::Success);
    }
    const Exposition text(metrics.render());
    QCOMPARE(text.value(R"(ai_router_requests_total{model="other",provider="other",route="other",status_code="404"})"),
             10'000.0);
    QCOMPARE(text.value(R"(ai_router_provider_errors_total{error_type="other",provider="other"})"), 10'000.0);
    // One request series, one error series, two token series, five of costs, two histograms: 11 + 19 buckets, 2 sums,
    // 2 counts.
    QCOMPARE(text.size() - before, 1 + 1 + 2 + 5 + 11 + 19 + 4);
}

void tst_metrics::knownNamesAreCappedToo()
{
    KnownNames names = kNames;
    for (int i = 0; i < 10'100; ++i)
        names.models.push_back("m" + QByteArray::number(i));
    Metrics metrics(names);
    RequestRecord record = chat();
    for (int i = 0; i < 10'100; ++i) {
        record.model = "m" + QByteArray::number(i);
        metrics.requestFinished(record);
    }
    const Exposition text(metrics.render());
    QCOMPARE(text.series("ai_router_requests_total").size(), 10'001);
    QCOMPARE(text.sum("ai_router_requests_total"), 10'100.0);
    QCOMPARE(text.value(R"(ai_router_requests_total{model="other",provider="openai",route="other",status_code="200"})"),
             100.0);
}

void tst_metrics::aReloadChangesWhichNamesAreKnown()
{
    const QByteArray oldSeries =
        R"(ai_router_requests_total{model="gpt-4o",provider="openai",route="default",status_code="200"})";
    Metrics metrics(kNames);
    metrics.requestFinished(chat());
    metrics.attemptFinished("openai", AttemptOutcome::Success);

    metrics.setKnownNames({.providers = {"groq"}, .models = {"llama"}, .routes = {"default"}});
    metrics.requestFinished(chat());
    RequestRecord record = chat();
    record.provider = "groq";
    record.model = "llama";
    metrics.requestFinished(record);

    const Exposition text(metrics.render());
    QCOMPARE(text.value(oldSeries), 1.0);
    QCOMPARE(text.value(R"(lunargate_attempts_total{outcome="success",provider="openai"})"), 1.0);
    QCOMPARE(
        text.value(R"(ai_router_requests_total{model="other",provider="other",route="default",status_code="200"})"),
        1.0);
    QCOMPARE(text.value(R"(ai_router_requests_total{model="llama",provider="groq",route="default",status_code="200"})"),
             1.0);

    metrics.setKnownNames(kNames);
    metrics.requestFinished(chat());
    QCOMPARE(Exposition(metrics.render()).value(oldSeries), 2.0);
}

void tst_metrics::manyReloadsDoNotUseUpTheCap()
{
    Metrics metrics(kNames);
    for (int i = 0; i < 10'100; ++i) {
        metrics.setKnownNames(kNames);
        metrics.requestFinished(chat());
    }
    RequestRecord record = chat();
    record.model = "claude-sonnet-4-5";
    metrics.requestFinished(record);
    QVERIFY(Exposition(metrics.render())
                .contains(R"(ai_router_requests_total{model="claude-sonnet-4-5",provider="openai",route="default",)"
                          R"(status_code="200"})"));
}

void tst_metrics::countsWhatCameOfReloads()
{
    static constexpr char kSuccessful[] = "lunargate_config_last_reload_successful";
    static constexpr char kSuccessTime[] = "lunargate_config_last_reload_success_timestamp_seconds";
    Metrics metrics(kNames);
    const Exposition atStart(metrics.render());
    QCOMPARE(atStart.value(kSuccessful), 1.0);
    QVERIFY(atStart.value(kSuccessTime) > 1.7e9);
    QCOMPARE(atStart.sum("lunargate_config_reloads_total"), 0.0);

    metrics.configReloaded(ReloadResult::Applied);
    metrics.configReloaded(ReloadResult::Applied);
    metrics.configReloaded(ReloadResult::Unchanged);
    metrics.configReloaded(ReloadResult::Rejected);
    const Exposition text(metrics.render());
    QCOMPARE(text.value(R"(lunargate_config_reloads_total{result="applied"})"), 2.0);
    QCOMPARE(text.value(R"(lunargate_config_reloads_total{result="unchanged"})"), 1.0);
    QCOMPARE(text.value(R"(lunargate_config_reloads_total{result="rejected"})"), 1.0);
    QCOMPARE(text.value(kSuccessful), 0.0);
    metrics.configReloaded(ReloadResult::Unchanged);
    QCOMPARE(Exposition(metrics.render()).value(kSuccessful), 1.0);
}

void tst_metrics::labelValuesAreEscaped()
{
    const QByteArray route = "a\"b\\c\nd";
    Metrics metrics({.providers = {"openai"}, .models = {"gpt-4o"}, .routes = {route}});
    RequestRecord record = chat();
    record.route = route;
    metrics.requestFinished(record);
    QVERIFY(Exposition(metrics.render())
                .contains(R"(ai_router_requests_total{model="gpt-4o",provider="openai",route="a\"b\\c\nd",)"
                          R"(status_code="200"})"));
}

void tst_metrics::tellsVersionAndProcess()
{
    Metrics metrics;
    const Exposition text(metrics.render());
    QCOMPARE(text.value(QByteArray("lunargate_build_info{qt=\"") + qVersion() + "\",version=\"" + version() + "\"}"),
             1.0);
#ifdef Q_OS_LINUX
    const auto now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    const double startedAt = text.value("process_start_time_seconds");
    QVERIFY2(startedAt > now - 3600 && startedAt < now + 5, qPrintable(QString::number(startedAt - now)));
    QVERIFY(text.value("process_resident_memory_bytes") > 1'000'000);
    QVERIFY(text.value("process_cpu_seconds_total") >= 0);
    const double descriptors = text.value("process_open_fds");
    QVERIFY(descriptors >= 3);
    QFile file(QStringLiteral("/dev/null"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(Exposition(metrics.render()).value("process_open_fds"), descriptors + 1);
#endif
}

QTEST_APPLESS_MAIN(tst_metrics)
#include "tst_metrics.moc"
