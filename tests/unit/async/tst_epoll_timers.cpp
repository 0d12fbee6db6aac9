// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/async/epoll_loop.h"

#include <QElapsedTimer>
#include <QTimer>

namespace lunargate {

using namespace std::chrono_literals;
using namespace test;

/// EpollDispatcher's timers; see tst_epoll_dispatcher.cpp for the rest.
class EpollTimersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }
    void timersFireInTheirOrder();
    void timersAreNeverEarly_data();
    void timersAreNeverEarly();
    void coarseTimersMeet();
    void aTimerMayStopOthersAndItself();
    void aTimerIsNotFiredFromInsideItself();
    void aTimerWithoutIntervalLeavesTimeToOthers();
    void tellsOfItsTimers();
};

void EpollTimersTest::timersFireInTheirOrder()
{
    QByteArray order;
    for (const auto &[name, time] : {std::pair('c', 30ms), std::pair('a', 1ms), std::pair('b', 15ms)}) {
        QTimer::singleShot(time, Qt::PreciseTimer, this, [&order, name] { order.append(name); });
    }
    QTRY_COMPARE(order, "abc");
}

void EpollTimersTest::timersAreNeverEarly_data()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<std::chrono::milliseconds>("interval");
    QTest::newRow("precise") << Qt::PreciseTimer << 7ms;
    QTest::newRow("coarse") << Qt::CoarseTimer << 60ms;
    QTest::newRow("coarse, short") << Qt::CoarseTimer << 3ms;
    QTest::newRow("very coarse") << Qt::VeryCoarseTimer << 100ms;
}

void EpollTimersTest::timersAreNeverEarly()
{
    QFETCH(const Qt::TimerType, type);
    QFETCH(const std::chrono::milliseconds, interval);
    QTimer timer;
    timer.setTimerType(type);
    timer.setInterval(interval);
    std::vector<std::chrono::nanoseconds> times;
    QElapsedTimer clock;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] { times.push_back(clock.durationElapsed()); });
    clock.start();
    timer.start();
    QTRY_VERIFY(times.size() >= 2);
    for (size_t i = 0; i < times.size(); ++i)
        QVERIFY(times[i] >= interval * int(i + 1));
}

// Two that could fire within the same grain do: one wake-up for both.
void EpollTimersTest::coarseTimersMeet()
{
    QTimer first;
    QTimer second;
    first.setInterval(1000ms);
    second.setInterval(1000ms);
    first.start();
    QTest::qWait(1);
    second.start();
    const auto *dispatcher = static_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance());
    const auto left = dispatcher->remainingTime(first.id());
    const auto apart = dispatcher->remainingTime(second.id()) - left;
    QVERIFY(left <= 1050ms);
    // The same moment; or, had the first been just before a border, one grain later.
    QVERIFY(std::chrono::abs(apart) < 1ms || std::chrono::abs(apart - 50ms) < 1ms);
}

void EpollTimersTest::aTimerMayStopOthersAndItself()
{
    std::array<QTimer, 2> timers;
    int count = 0;
    for (QTimer &timer : timers) {
        timer.setInterval(1ms);
        QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
            ++count;
            for (QTimer &each : timers)
                each.stop();
        });
        timer.start();
    }
    QThread::sleep(2ms); // both are due
    look();
    look();
    QCOMPARE(count, 1);
}

void EpollTimersTest::aTimerIsNotFiredFromInsideItself()
{
    QTimer timer;
    int depth = 0;
    int deepest = 0;
    int count = 0;
    bool otherFired = false;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
        deepest = std::max(deepest, ++depth);
        if (++count == 1) {
            QTimer::singleShot(5ms, &timer, [&] { otherFired = true; });
            QVERIFY(runNested([&] { return otherFired; }));
        }
        --depth;
    });
    timer.start(1ms);
    QTRY_VERIFY(count >= 2);
    QCOMPARE(deepest, 1);
}

void EpollTimersTest::aTimerWithoutIntervalLeavesTimeToOthers()
{
    const SocketPair pair;
    Watch watch(pair.near(), QSocketNotifier::Read);
    QTimer timer;
    int count = 0;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] { ++count; });
    timer.start(0ms);
    look();
    QCOMPARE(count, 1);
    pair.send();
    look();
    QCOMPARE(count, 2);
    QCOMPARE(watch.count, 1);
}

void EpollTimersTest::tellsOfItsTimers()
{
    auto *dispatcher = static_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance());
    QObject object;
    QVERIFY(dispatcher->timersForObject(&object).isEmpty());
    const auto id = Qt::TimerId(object.startTimer(1h, Qt::PreciseTimer));
    const auto timers = dispatcher->timersForObject(&object);
    QCOMPARE(timers.size(), 1);
    QVERIFY(timers[0].timerId == id && timers[0].interval == 1h && timers[0].timerType == Qt::PreciseTimer);
    const auto left = dispatcher->remainingTime(id);
    QVERIFY(left > 59min && left <= 1h);
    QVERIFY(dispatcher->unregisterTimer(id));
    QVERIFY(!dispatcher->unregisterTimer(id));
    QVERIFY(dispatcher->remainingTime(id) < 0ns);
    object.startTimer(1h);
    object.startTimer(2h);
    QVERIFY(dispatcher->unregisterTimers(&object));
    QVERIFY(dispatcher->timersForObject(&object).isEmpty());
    QVERIFY(!dispatcher->unregisterTimers(&object));
}

} // namespace lunargate

int main(int argc, char **argv)
{
    lunargate::EpollTimersTest test;
    return lunargate::test::runOnEpoll(test, argc, argv);
}

#include "tst_epoll_timers.moc"
