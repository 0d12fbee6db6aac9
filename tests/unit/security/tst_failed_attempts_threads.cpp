// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/failed_attempts.h"

#include <QTest>

#include <thread>

using namespace lunargate;
using namespace std::chrono_literals;

/// Run under the thread sanitizer, too.
class FailedAttemptsThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void workersShareOneTable()
    {
        FailedAttempts attempts({.addresses = 4, .waiting = 1000, .waitingPerAddress = 1000});
        const SecurityConfig::SlowDown settings{.freeAttempts = 3, .maxDelay = 1s};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                std::vector<FailedAttempts::Penalty> waiting;
                for (int i = 0; i < 2000; ++i) {
                    const QByteArray address = QByteArray::number((i + thread) % 6);
                    waiting.push_back(attempts.fail(address, settings, TimePoint(1h + std::chrono::seconds(i))));
                    if (i % 7 == 0)
                        attempts.succeed(address);
                    if (waiting.size() > 50)
                        waiting.clear();
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QVERIFY(attempts.size() <= 4);

        // Every place was given back.
        std::vector<FailedAttempts::Penalty> all;
        for (int i = 0; i < 1003; ++i)
            all.push_back(attempts.fail("last", settings, TimePoint(10h)));
        QVERIFY(all.back().place.has_value());
    }
};

QTEST_GUILESS_MAIN(FailedAttemptsThreadsTest)
#include "tst_failed_attempts_threads.moc"
