// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/timer.h"

#include <QElapsedTimer>
#include <QTest>
#include <QThread>

#include <deque>

using namespace lunargate;
using namespace std::chrono_literals;

class TestTimer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void firesOnceNotBeforeItsTime()
    {
        int count = 0;
        Timer timer([&] { ++count; });
        const TimePoint due = Clock::now() + 20ms;
        timer.start(due);
        QVERIFY(timer.isActive());
        QTRY_COMPARE(count, 1);
        QVERIFY(Clock::now() >= due);
        QVERIFY(!timer.isActive());
    }

    void firesInOrderOfTimeThenOfStart()
    {
        QList<int> order;
        std::deque<Timer> timers;
        const TimePoint base = Clock::now() + 10ms;
        const QList<int> delays = {5, 1, 3, 1, 0, 5};
        for (int i = 0; i < delays.size(); ++i)
            timers.emplace_back([&order, i] { order.append(i); }).start(base + std::chrono::milliseconds(delays[i]));
        QTRY_COMPARE(order, (QList<int>{4, 1, 3, 2, 0, 5}));
    }

    void doesNotFireWhenStopped()
    {
        bool fired = false;
        bool markFired = false;
        Timer timer([&] { fired = true; });
        Timer mark([&] { markFired = true; });
        timer.start(Clock::now() + 5ms);
        mark.start(Clock::now() + 10ms);
        timer.stop();
        QVERIFY(!timer.isActive());
        QTRY_VERIFY(markFired);
        QVERIFY(!fired);
    }

    void stopsForADeadlineThatNeverComes()
    {
        Timer timer([] { QFAIL("never"); });
        timer.start(Clock::now());
        timer.start(kNever);
        QVERIFY(!timer.isActive());
        QCoreApplication::processEvents();
    }

    void movesLater()
    {
        QList<char> order;
        Timer moved([&] { order.append('m'); });
        Timer other([&] { order.append('o'); });
        moved.start(Clock::now() + 5ms);
        other.start(Clock::now() + 15ms);
        const TimePoint later = Clock::now() + 30ms;
        moved.start(later);
        QTRY_COMPARE(order, (QList<char>{'o', 'm'}));
        QVERIFY(Clock::now() >= later);
    }

    void movesLaterAndBackEarlier()
    {
        QList<char> order;
        Timer moved([&] { order.append('m'); });
        Timer other([&] { order.append('o'); });
        moved.start(Clock::now() + 5ms);
        other.start(Clock::now() + 40ms);
        moved.start(Clock::now() + 1h);
        moved.start(Clock::now() + 10ms);
        QTRY_COMPARE(order, (QList<char>{'m', 'o'}));
    }

    void movesEarlier()
    {
        bool fired = false;
        Timer timer([&] { fired = true; });
        timer.start(Clock::now() + 1h);
        timer.start(Clock::now() + 5ms);
        QTRY_VERIFY(fired);
    }

    void firesForATimeOfThePast()
    {
        bool fired = false;
        Timer timer([&] { fired = true; });
        timer.start(Clock::now() - 1h);
        QVERIFY(!fired); // never inside start()
        QTRY_VERIFY(fired);
    }

    void restartsFromItsOwnCallback()
    {
        int count = 0;
        std::unique_ptr<Timer> timer;
        timer = std::make_unique<Timer>([&] {
            if (++count < 5)
                timer->start(Clock::now() + 1ms);
        });
        timer->start(Clock::now());
        QTRY_COMPARE(count, 5);
        QVERIFY(!timer->isActive());
    }

    void mayBeDestroyedFromItsOwnCallback()
    {
        // The captures stay usable after that.
        auto text = std::make_shared<std::string>("still here, and too long for a small string");
        std::string seen;
        auto timer = std::make_unique<Timer>([] {});
        timer = std::make_unique<Timer>([&timer, &seen, text] {
            timer.reset();
            seen = *text;
        });
        timer->start(Clock::now());
        QTRY_COMPARE(seen, *text);
    }

    void mayStopAndDestroyOthersThatAreDue()
    {
        int fired = 0;
        auto second = std::make_unique<Timer>([&] { ++fired; });
        Timer third([&] { ++fired; });
        Timer first([&] {
            second.reset();
            third.stop();
        });
        const TimePoint due = Clock::now() + 5ms;
        first.start(due);
        second->start(due);
        third.start(due);
        bool marked = false;
        Timer mark([&] { marked = true; });
        mark.start(due + 5ms);
        QTRY_VERIFY(marked);
        QCOMPARE(fired, 0);
    }

    void takesADeadlineOfYears()
    {
        const qsizetype before = TimerQueue::current().size();
        bool fired = false;
        {
            Timer far([] { QFAIL("in a hundred years"); });
            far.start(Clock::now() + 24h * 36'500);
            Timer near([&] { fired = true; });
            near.start(Clock::now() + 5ms);
            QTRY_VERIFY(fired);
            QCoreApplication::processEvents();
        }
        QCOMPARE(TimerQueue::current().size(), before);
    }

    void handlesAHundredThousand()
    {
        constexpr int count = 100'000;
        const qsizetype before = TimerQueue::current().size();
        QElapsedTimer elapsed;
        elapsed.start();
        std::deque<Timer> timers;
        for (int i = 0; i < count; ++i)
            timers.emplace_back([] {}).start(Clock::now() + 1min + std::chrono::microseconds(i * 7919LL % count));
        for (int i = 0; i < count; ++i)
            timers[size_t(i)].start(Clock::now() + 2min); // later, as idle timeouts do
        QCOMPARE(TimerQueue::current().size(), before + count);
        timers.clear();
        QCOMPARE(TimerQueue::current().size(), before);
        QVERIFY2(elapsed.elapsed() < 5'000, QByteArray::number(elapsed.elapsed()));
        qInfo("100,000 timers started, moved and destroyed in %lld ms", elapsed.elapsed());
    }

    void worksInAnotherThreadAndEndsWithIt()
    {
        // A timer is still running when the thread ends, and outlives it.
        std::unique_ptr<Timer> left;
        std::atomic<bool> fired = false;
        const std::unique_ptr<QThread> thread(QThread::create([&] {
            QEventLoop loop;
            left = std::make_unique<Timer>([] {});
            left->start(Clock::now() + 1h);
            Timer timer([&] {
                fired = true;
                loop.quit();
            });
            timer.start(Clock::now() + 5ms);
            loop.exec();
        }));
        thread->start();
        QVERIFY(thread->wait(10'000));
        QVERIFY(fired);
        QVERIFY(!left->isActive());
        left.reset();
    }
};

QTEST_GUILESS_MAIN(TestTimer)
#include "tst_timer.moc"
