// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/rate_limiter.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;
using namespace std::chrono_literals;

class RateLimiterThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void neverLetsMoreThroughThanThereIs();
    void survivesEverythingAtOnce();
};

namespace {

constexpr int kThreads = 4;
const TimePoint kStart = TimePoint(1000h);

RateLimitingConfig limiting(int burst, int places, int tokens)
{
    RateLimitingConfig config;
    config.enabled = true;
    config.perClient = {
        .requestsPerMinute = 60, .burstSize = burst, .tokensPerMinute = tokens, .maxConcurrent = places};
    config.global = config.perClient;
    config.global.burstSize = burst * 2;
    return config;
}

template <typename Work>
void inThreads(Work work)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back(work, i);
    for (std::thread &thread : threads)
        thread.join();
}

} // namespace

void RateLimiterThreadsTest::neverLetsMoreThroughThanThereIs()
{
    RateLimiter limiter(limiting(1000, 3, 1'000'000), kStart); // and time stands still
    std::atomic<int> passed = 0;
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    inThreads([&](int) {
        for (int i = 0; i < 2000; ++i) {
            LimitPermit permit;
            if (limiter.admit({.name = "a", .address = {}, .rights = {}}, true, permit, kStart).refusal)
                continue;
            const int now = ++running;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            if (!limiter.reserve(permit, {.input = 10, .output = 90}, kStart).refusal)
                ++passed;
            --running;
            permit.settle(50, kStart);
        }
    });
    QVERIFY(most <= 3);
    QVERIFY(passed <= 1000);
    const RateLimiter::Report report = limiter.report(1, kStart);
    QCOMPARE(report.scarcest[0].limits.running, 0);
    QCOMPARE(report.global.running, 0);
    QCOMPARE(report.scarcest[0].limits.requests.remaining, 1000 - passed);
    QCOMPARE(report.scarcest[0].limits.tokens.remaining, 1'000'000 - 50 * passed);
    QCOMPARE(report.global.tokens.remaining, 1'000'000 - 50 * passed);
}

void RateLimiterThreadsTest::survivesEverythingAtOnce()
{
    RateLimiter limiter(limiting(10, 2, 1000), {.clients = 64, .shards = 4}, Clock::now());
    std::atomic<bool> isDone = false;
    std::thread reloader([&] {
        for (int i = 0; !isDone; ++i) {
            RateLimitingConfig config = limiting(5 + i % 7, 1 + i % 3, 1000 * (i % 2));
            config.enabled = i % 5 != 0;
            limiter.apply(config);
            std::this_thread::yield();
        }
    });
    std::thread reader([&] {
        while (!isDone) {
            limiter.report(10, Clock::now());
            limiter.look({.name = "k1", .address = {}, .rights = {}}, true, {.input = 5}, Clock::now());
        }
    });
    inThreads([&](int thread) {
        for (int i = 0; i < 3000; ++i) {
            const Caller caller{.name = "k" + QByteArray::number((i * 7 + thread) % 100), .address = {}, .rights = {}};
            LimitPermit permit;
            if (!limiter.isOn() || limiter.admit(caller, i % 2 == 0, permit, Clock::now()).refusal)
                continue;
            if (permit.countsTokens())
                limiter.reserve(permit, {.input = 3, .output = i % 50}, Clock::now());
            if (i % 3 == 0)
                permit.settle(i % 100);
        }
    });
    isDone = true;
    reloader.join();
    reader.join();
    const RateLimiter::Report report = limiter.report(100, Clock::now());
    QVERIFY(report.clients <= 64);
    QCOMPARE(report.global.running, 0);
    for (const RateLimiter::Report::Client &client : report.scarcest)
        QCOMPARE(client.limits.running, 0);
}

QTEST_APPLESS_MAIN(RateLimiterThreadsTest)
#include "tst_rate_limiter_threads.moc"
