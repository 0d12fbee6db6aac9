// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "gateway/observability/request_record.h"
#include "tests/unit/observability/exposition.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

class tst_metrics_threads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsEverythingWhileNamesChangeAndOthersRead();
};

namespace {

constexpr int kThreads = 4;
constexpr int kRequests = 3'000;

void sendRequests(Metrics &metrics, int thread)
{
    for (int i = 0; i < kRequests; ++i) {
        const InProgress active = metrics.requestStarted();
        RequestRecord record{.asksModel = true,
                             .route = "default",
                             .provider = i % 3 ? "openai" : "groq",
                             .model = "m" + QByteArray::number((i + thread) % 20),
                             .stream = i % 2 == 0,
                             .status = 200};
        record.firstByteAt = record.finishedAt = record.startedAt;
        record.usage = Usage{.input = 1, .output = 2};
        if (i % 7 == 0)
            record.setError({.kind = ErrorKind::UpstreamTimeout, .reason = "read_timeout", .message = "Too slow."});
        metrics.attemptFinished(record.provider, AttemptOutcome::Success);
        metrics.upstreamReached(record.provider, {.isReused = true, .firstByte = 1ms});
        metrics.requestFinished(record);
    }
}

KnownNames names(int models)
{
    KnownNames result{.providers = {"openai", "groq"}, .models = {}, .routes = {"default"}};
    for (int i = 0; i < models; ++i)
        result.models.push_back("m" + QByteArray::number(i));
    return result;
}

} // namespace

void tst_metrics_threads::countsEverythingWhileNamesChangeAndOthersRead()
{
    Metrics metrics(names(10));
    std::atomic<bool> isDone = false;
    std::thread reloader([&] {
        for (int i = 0; !isDone; ++i) {
            metrics.setKnownNames(names(i % 20));
            std::this_thread::yield();
        }
    });
    std::thread reader([&] {
        while (!isDone)
            metrics.render();
    });
    std::vector<std::thread> workers;
    for (int i = 0; i < kThreads; ++i)
        workers.emplace_back(sendRequests, std::ref(metrics), i);
    for (std::thread &worker : workers)
        worker.join();
    isDone = true;
    reloader.join();
    reader.join();

    const Exposition text(metrics.render());
    constexpr double kAll = kThreads * kRequests;
    QCOMPARE(text.sum("ai_router_requests_total"), kAll);
    QCOMPARE(text.sum("ai_router_request_duration_seconds_count"), kAll);
    QCOMPARE(text.sum("ai_router_tokens_total"), kAll * 3);
    QCOMPARE(text.sum("lunargate_time_to_first_token_seconds_count"), kAll / 2);
    QCOMPARE(text.sum("lunargate_attempts_total"), kAll);
    QCOMPARE(text.sum("lunargate_upstream_connections_total"), kAll);
    QCOMPARE(text.sum("lunargate_upstream_phase_seconds_count"), kAll);
    QCOMPARE(text.sum("ai_router_provider_errors_total"), double(kThreads * ((kRequests + 6) / 7)));
    QCOMPARE(text.value("ai_router_active_requests"), 0.0);
}

QTEST_APPLESS_MAIN(tst_metrics_threads)
#include "tst_metrics_threads.moc"
