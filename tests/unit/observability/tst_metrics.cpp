// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "gateway/version.h"
#include "tests/unit/observability/metrics_testing.h"

#include <QDateTime>
#include <QFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

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

/// The metrics as Prometheus reads them, and those of the program itself.
class tst_metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void describesItsMetrics_data();
    void describesItsMetrics();
    void bucketsAreFixed_data();
    void bucketsAreFixed();
    void whatIsInProgressFollowsItsGuards();
    void countsWhatCameOfReloads();
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
    row("ai_router_cache_tokens_total", "counter",
        "Total number of tokens read from and written to providers' prompt caches");
    row("ai_router_cache_hits_total", "counter", "Total number of cache hits/misses");
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
    row("lunargate_time_between_chunks_seconds", "histogram",
        "Streams: time from one piece with content to the next in seconds");
    row("lunargate_gateway_own_seconds", "histogram",
        "Time that the gateway itself took for a request that reached a provider in seconds");
    row("lunargate_open_streams", "gauge", "Number of streams that are being passed on to clients");
    row("lunargate_retries_total", "counter", "Total number of calls to providers that repeated the call before");
    row("lunargate_hedged_requests_total", "counter",
        "Total number of requests for which a second target was asked beside a silent one");
    row("lunargate_fallbacks_failed_total", "counter",
        "Total number of requests for which a fallback was asked, but did not answer either");
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
    row("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.");
    row("process_max_fds", "gauge", "Maximum number of open file descriptors.");
    row("process_threads", "gauge", "Number of OS threads in the process.");
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
    QTest::newRow("between chunks") << QByteArray("lunargate_time_between_chunks_seconds")
                                    << QByteArray("0.001 0.0025 0.005 0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 "
                                                  "0.75 1 2.5 5 10 30 +Inf");
    QTest::newRow("own time") << QByteArray("lunargate_gateway_own_seconds")
                              << QByteArray("5e-05 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.1 1 +Inf");
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

void tst_metrics::whatIsInProgressFollowsItsGuards()
{
    Metrics metrics(kNames);
    const auto active = [&] { return Exposition(metrics.render()).value("ai_router_active_requests"); };
    const auto streams = [&] { return Exposition(metrics.render()).value("lunargate_open_streams"); };
    QCOMPARE(active(), 0.0);
    {
        InProgress first = metrics.requestStarted();
        InProgress second = metrics.requestStarted();
        QCOMPARE(active(), 2.0);
        QCOMPARE(streams(), 0.0);
        const InProgress stream = metrics.streamStarted();
        QCOMPARE(streams(), 1.0);
        const InProgress moved = std::move(first);
        QCOMPARE(active(), 2.0);
        second = InProgress();
        QCOMPARE(active(), 1.0);
        metrics.requestFinished(chat());
        QCOMPARE(active(), 1.0);
    }
    QCOMPARE(active(), 0.0);
    QCOMPARE(streams(), 0.0);
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
    QVERIFY(text.value("process_virtual_memory_bytes") > text.value("process_resident_memory_bytes"));
    QVERIFY(text.value("process_threads") >= 1);
    QVERIFY(text.value("process_max_fds") > text.value("process_open_fds"));
    const double descriptors = text.value("process_open_fds");
    QVERIFY(descriptors >= 3);
    QFile file(QStringLiteral("/dev/null"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(Exposition(metrics.render()).value("process_open_fds"), descriptors + 1);
#endif
}

QTEST_APPLESS_MAIN(tst_metrics)
#include "tst_metrics.moc"
