// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/circuit_breakers.h"

#include <QLoggingCategory>
#include <QTest>

#include <atomic>
#include <thread>

namespace lunargate {

/// All workers, an administrator, a scrape and reloads at once.
class CircuitBreakersThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(QStringLiteral("lunargate.resilience*=false")); }

    void losesNothingUnderFire_data()
    {
        QTest::addColumn<BreakerScope>("scope");
        QTest::newRow("a circuit for the provider") << BreakerScope::Provider;
        QTest::newRow("a circuit for each model") << BreakerScope::Model;
    }

    void losesNothingUnderFire()
    {
        QFETCH(const BreakerScope, scope);
        constexpr int kThreads = 4;
        constexpr int kRounds = 2'000;
        Config config;
        config.providers.emplace_back().id = "p";
        config.circuitBreaker.scope = scope;
        config.circuitBreaker.openFor = 1ms;
        CircuitBreakers breakers(config);
        std::atomic<bool> isOver = false;
        std::jthread others([&] {
            Config changed = config;
            for (int i = 0; !isOver; ++i) {
                changed.circuitBreaker.failureThreshold = 5 + i % 8 / 7;
                breakers.configure(changed);
                breakers.forceHalfOpen("p");
                breakers.views(Clock::now());
                breakers.isRefused("p", "m1", Clock::now());
                std::this_thread::yield();
            }
        });
        {
            std::vector<std::jthread> workers;
            for (int thread = 0; thread < kThreads; ++thread) {
                workers.emplace_back([&, thread] {
                    for (int i = 0; i < kRounds; ++i) {
                        const QByteArray model = "m" + QByteArray::number(i % (thread == 0 ? 1500 : 3));
                        auto permit = breakers.admit(config.providers.front(), model, Clock::now());
                        if (!permit)
                            continue;
                        permit->renew(Clock::now());
                        permit->showContent();
                        if (i % 3 == 0)
                            permit->succeed(Clock::now());
                        else if (i % 3 == 1)
                            permit->fail({.kind = ErrorKind::UpstreamTimeout, .reason = "r", .message = "m"},
                                         Clock::now());
                    }
                });
            }
        }
        isOver = true;
        others.join();
        for (const CircuitView &view : breakers.views(Clock::now()))
            QCOMPARE(view.runningRequests, 0);
        QVERIFY(std::ssize(breakers.views(Clock::now())) <= CircuitBreakers::kMaximumCircuits);
    }
};

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::CircuitBreakersThreadsTest)
#include "tst_circuit_breakers_threads.moc"
