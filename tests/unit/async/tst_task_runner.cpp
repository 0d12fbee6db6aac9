// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"

#include <QTest>

#include <malloc.h>

#include <stdexcept>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

Task<> nothing()
{
    co_return;
}

Task<> throwing()
{
    throw std::runtime_error("out");
    co_return;
}

Task<> waitFor(Event *event)
{
    co_await event->wait();
}

Task<> throwAfter(Event *event)
{
    co_await event->wait();
    throw std::runtime_error("late");
}

struct CountOnExit
{
    int *count;
    ~CountOnExit() { ++*count; }
};

Task<> waitAndCountExit(Event *event, int *exits)
{
    const CountOnExit counter{exits};
    co_await event->wait();
}

Task<> sleepAndCountExit(int *exits)
{
    const CountOnExit counter{exits};
    co_await SleepUntil(Clock::now() + 1h);
}

Task<> waitUntilAndCountExit(Event *event, int *exits)
{
    const CountOnExit counter{exits};
    co_await event->wait(Clock::now() + 1h);
}

// Cancels itself while it runs, then waits for ever.
Task<> cancelMyself(TaskRunner *runner, Event *event, int *exits, bool *wentOn, std::function<void()> cancelled)
{
    const CountOnExit counter{exits};
    runner->cancel(std::move(cancelled));
    *wentOn = true;
    co_await event->wait();
    *wentOn = false;
}

} // namespace

class TestTaskRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsATaskThatEndsInline()
    {
        TaskRunner runner;
        int finished = 0;
        runner.start(nothing(), [&](std::exception_ptr exception) {
            ++finished;
            QVERIFY(!exception);
            QVERIFY(!runner.isRunning());
        });
        QCOMPARE(finished, 1);
    }

    void tellsATaskThatEndsLater()
    {
        TaskRunner runner;
        Event event;
        int finished = 0;
        runner.start(waitFor(&event), [&](std::exception_ptr) { ++finished; });
        QVERIFY(runner.isRunning());
        QCOMPARE(finished, 0);
        event.notify();
        QCOMPARE(finished, 1);
        QVERIFY(!runner.isRunning());
    }

    void handsOverAnException_data()
    {
        QTest::addColumn<bool>("isLate");
        QTest::newRow("inline") << false;
        QTest::newRow("later") << true;
    }

    void handsOverAnException()
    {
        QFETCH(bool, isLate);
        TaskRunner runner;
        Event event;
        std::string what;
        runner.start(isLate ? throwAfter(&event) : throwing(), [&](std::exception_ptr exception) {
            try {
                std::rethrow_exception(exception);
            } catch (const std::runtime_error &error) {
                what = error.what();
            }
        });
        event.notify();
        QCOMPARE(what, isLate ? "late" : "out");
    }

    void startsTheNextTaskFromFinished()
    {
        TaskRunner runner;
        Event event;
        bool secondFinished = false;
        runner.start(nothing(), [&](std::exception_ptr) {
            runner.start(waitFor(&event), [&](std::exception_ptr) { secondFinished = true; });
        });
        QVERIFY(runner.isRunning());
        event.notify();
        QVERIFY(secondFinished);
    }

    void letsFinishedDestroyTheRunner_data()
    {
        QTest::addColumn<bool>("isLate");
        QTest::newRow("inline") << false;
        QTest::newRow("later") << true;
    }

    void letsFinishedDestroyTheRunner()
    {
        QFETCH(bool, isLate);
        auto runner = std::make_unique<TaskRunner>();
        Event event;
        TaskRunner &started = *runner;
        started.start(isLate ? waitFor(&event) : nothing(), [&runner](std::exception_ptr) { runner.reset(); });
        QCOMPARE(runner == nullptr, !isLate);
        event.notify();
        QVERIFY(!runner);
    }

    void runsManyTasksWithoutGrowthOfMemory()
    {
        TaskRunner runner;
        int finished = 0;
        const auto run = [&](int count) {
            for (int i = 0; i < count; ++i)
                runner.start(nothing(), [&finished](std::exception_ptr) { ++finished; });
        };
        run(100);
        const size_t before = mallinfo2().uordblks;
        run(100'000);
        QCOMPARE(finished, 100'100);
        QVERIFY(mallinfo2().uordblks <= before + 4096);
    }

    void cancelsFromTheEventLoopOnly()
    {
        TaskRunner runner;
        Event event;
        int exits = 0;
        int cancelled = 0;
        runner.start(waitAndCountExit(&event, &exits), [](std::exception_ptr) { QFAIL("not finished by itself"); });
        runner.cancel([&] { ++cancelled; });
        QCOMPARE(exits, 0);
        QVERIFY(runner.isRunning());
        QTRY_COMPARE(cancelled, 1);
        QCOMPARE(exits, 1);
        QVERIFY(!runner.isRunning());
        event.notify(); // nobody there any more
        QCOMPARE(exits, 1);
    }

    void cancelsAWaitWithDeadlineAndASleep_data()
    {
        QTest::addColumn<bool>("isSleep");
        QTest::newRow("event with deadline") << false;
        QTest::newRow("sleep") << true;
    }

    void cancelsAWaitWithDeadlineAndASleep()
    {
        QFETCH(bool, isSleep);
        const qsizetype timers = TimerQueue::current().size();
        TaskRunner runner;
        Event event;
        int exits = 0;
        runner.start(isSleep ? sleepAndCountExit(&exits) : waitUntilAndCountExit(&event, &exits), nullptr);
        QCOMPARE(TimerQueue::current().size(), timers + 1);
        runner.cancel();
        QTRY_COMPARE(exits, 1);
        QCOMPARE(TimerQueue::current().size(), timers);
    }

    void letsATaskCancelItself()
    {
        TaskRunner runner;
        Event event;
        int exits = 0;
        bool wentOn = false;
        bool cancelled = false;
        runner.start(cancelMyself(&runner, &event, &exits, &wentOn, [&] { cancelled = true; }), nullptr);
        QVERIFY(wentOn);
        QCOMPARE(exits, 0);
        QTRY_VERIFY(cancelled);
        QCOMPARE(exits, 1);
        QVERIFY(wentOn);
    }

    void forgetsACancelWhoseTaskEndedBefore()
    {
        TaskRunner runner;
        Event event;
        Event secondEvent;
        int finished = 0;
        bool cancelled = false;
        runner.start(waitFor(&event), [&](std::exception_ptr) { ++finished; });
        runner.cancel([&] { cancelled = true; });
        event.notify();
        QCOMPARE(finished, 1);
        // The cancel that is still queued was not for this one.
        runner.start(waitFor(&secondEvent), [&](std::exception_ptr) { ++finished; });
        QCoreApplication::processEvents();
        QVERIFY(runner.isRunning());
        QVERIFY(!cancelled);
        secondEvent.notify();
        QCOMPARE(finished, 2);
    }

    void ignoresACancelWithoutATask()
    {
        TaskRunner runner;
        runner.cancel([] { QFAIL("nothing to cancel"); });
        QCoreApplication::processEvents();
    }

    void takesASecondCancelOfTheSameTask()
    {
        TaskRunner runner;
        Event event;
        int exits = 0;
        int cancelled = 0;
        runner.start(waitAndCountExit(&event, &exits), nullptr);
        runner.cancel([&] { ++cancelled; });
        runner.cancel([&] { ++cancelled; });
        QTRY_COMPARE(exits, 1);
        QCoreApplication::processEvents();
        QCOMPARE(cancelled, 1);
    }

    void cancelsWhenDestroyed()
    {
        Event event;
        int exits = 0;
        bool finished = false;
        {
            TaskRunner runner;
            runner.start(waitAndCountExit(&event, &exits), [&](std::exception_ptr) { finished = true; });
            runner.cancel([] { QFAIL("the runner is gone"); });
        }
        QCOMPARE(exits, 1);
        QVERIFY(!finished);
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TestTaskRunner)
#include "tst_task_runner.moc"
