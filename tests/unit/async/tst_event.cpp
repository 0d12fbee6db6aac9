// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "tests/unit/async/run_task.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

Task<bool> waitOnce(Event *event, TimePoint deadline)
{
    co_return co_await event->wait(deadline);
}

Task<> countNotifications(Event *event, int *count)
{
    for (;;) {
        co_await event->wait();
        ++*count;
    }
}

// As a call does whose coroutine ends: the event goes while it notifies.
Task<> waitAndDestroy(std::unique_ptr<Event> *event, bool *done)
{
    co_await (*event)->wait(Clock::now() + 1h);
    event->reset();
    *done = true;
}

Task<> sleepUntil(TimePoint deadline, bool *done)
{
    co_await SleepUntil(deadline);
    *done = true;
}

} // namespace

class TestEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void resumesInlineOnNotify()
    {
        Event event;
        int count = 0;
        TaskRunner runner;
        runner.start(countNotifications(&event, &count), nullptr);
        QCOMPARE(count, 0);
        event.notify();
        QCOMPARE(count, 1);
        event.notify();
        QCOMPARE(count, 2);
    }

    void remembersOneNotification()
    {
        Event event;
        event.notify();
        event.notify();
        int count = 0;
        TaskRunner runner;
        runner.start(countNotifications(&event, &count), nullptr);
        QCOMPARE(count, 1);
    }

    void tellsNotificationFromDeadline()
    {
        Event event;
        QCOMPARE(runTask(waitOnce(&event, Clock::now() + 10ms)), false);
        event.notify();
        QCOMPARE(runTask(waitOnce(&event, Clock::now() + 1h)), true);
    }

    void endsAWaitWhoseDeadlineHasPassed()
    {
        Event event;
        QCOMPARE(runTask(waitOnce(&event, Clock::now() - 1s)), false);
        event.notify();
        QCOMPARE(runTask(waitOnce(&event, Clock::now() - 1s)), true);
    }

    void stopsItsTimerOnNotify()
    {
        const qsizetype timers = TimerQueue::current().size();
        Event event;
        std::optional<bool> result;
        TaskRunner runner;
        runner.start(storeResult(waitOnce(&event, Clock::now() + 1h), &result), nullptr);
        QCOMPARE(TimerQueue::current().size(), timers + 1);
        event.notify();
        QCOMPARE(result, true);
        QCOMPARE(TimerQueue::current().size(), timers);
    }

    void mayBeDestroyedByTheCoroutineItResumes()
    {
        auto event = std::make_unique<Event>();
        bool done = false;
        TaskRunner runner;
        runner.start(waitAndDestroy(&event, &done), nullptr);
        event->notify();
        QVERIFY(done);
        QVERIFY(!event);
    }

    void mayGoBeforeItsAwaiter()
    {
        auto event = std::make_unique<Event>();
        std::optional<bool> result;
        TaskRunner runner;
        runner.start(storeResult(waitOnce(event.get(), kNever), &result), nullptr);
        event.reset();
        QVERIFY(runner.isRunning()); // and the runner's end does not reach for the event
    }

    void lastsUntilTheDeadlineWhenItsEventIsGone()
    {
        auto event = std::make_unique<Event>();
        std::optional<bool> result;
        TaskRunner runner;
        runner.start(storeResult(waitOnce(event.get(), Clock::now() + 10ms), &result), nullptr);
        event.reset();
        QTRY_COMPARE(result, false);
    }

    void outlivesItsAwaiter()
    {
        Event event;
        int count = 0;
        {
            TaskRunner runner;
            runner.start(countNotifications(&event, &count), nullptr);
        }
        event.notify();
        QCOMPARE(count, 0);
        // That notification found nobody: the next one to wait has it.
        TaskRunner runner;
        runner.start(countNotifications(&event, &count), nullptr);
        QCOMPARE(count, 1);
    }

    void sleepsUntilItsTime()
    {
        const TimePoint deadline = Clock::now() + 20ms;
        bool done = false;
        TaskRunner runner;
        runner.start(sleepUntil(deadline, &done), nullptr);
        QVERIFY(!done);
        QTRY_VERIFY(done);
        QVERIFY(Clock::now() >= deadline);
    }

    void doesNotSleepWhenTheTimeHasPassed()
    {
        bool done = false;
        TaskRunner runner;
        runner.start(sleepUntil(Clock::now(), &done), nullptr);
        QVERIFY(done);
    }
};

QTEST_GUILESS_MAIN(TestEvent)
#include "tst_event.moc"
