// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/async/task.h"
#include "gateway/error.h"
#include "tests/unit/async/run_task.h"

#include <QTest>

#include <malloc.h>

#include <stdexcept>
#include <string>

using namespace lunargate;
using namespace lunargate::test;

namespace {

using Log = std::vector<std::string>;

// Notes when it goes.
struct Witness
{
    Log *log;
    std::string name;

    Witness(Log *where, std::string what) : log(where), name(std::move(what)) {}
    ~Witness() { log->push_back("~" + name); }
    Witness(const Witness &) = delete;
    Witness &operator=(const Witness &) = delete;
};

Task<int> answer(bool *started)
{
    *started = true;
    co_return 42;
}

Task<std::unique_ptr<int>> makePointer()
{
    co_return std::make_unique<int>(7);
}

Task<Result<int>> fail()
{
    co_return std::unexpected(Error{.reason = "no_route", .message = "none"});
}

Task<int> throwing()
{
    throw std::runtime_error("deep");
    co_return 0;
}

Task<int> passThrough(int depth)
{
    if (depth == 0)
        co_return co_await throwing();
    co_return 1 + co_await passThrough(depth - 1);
}

Task<std::string> caught(int depth)
{
    std::string what;
    try {
        (void)co_await passThrough(depth);
    } catch (const std::runtime_error &error) {
        what = error.what();
    }
    co_return what;
}

Task<int> depthSum(int depth)
{
    if (depth == 0)
        co_return 0;
    co_return 1 + co_await depthSum(depth - 1);
}

Task<int> one()
{
    co_return 1;
}

Task<int> viaOne()
{
    co_return co_await one();
}

Task<qint64> loop(qint64 rounds)
{
    qint64 sum = 0;
    for (qint64 i = 0; i < rounds; ++i)
        sum += co_await viaOne();
    co_return sum;
}

Task<int> onceNotified(Event *event)
{
    co_await event->wait();
    co_return 1;
}

Task<qint64> loopOverEvents(Event *event, qint64 rounds)
{
    qint64 sum = 0;
    for (qint64 i = 0; i < rounds; ++i)
        sum += co_await onceNotified(event);
    co_return sum;
}

Task<> waitNested(Log *log, Event *event, int depth)
{
    const Witness witness(log, "local " + std::to_string(depth));
    if (depth == 0)
        co_await event->wait();
    else
        co_await waitNested(log, event, depth - 1);
    log->push_back("resumed " + std::to_string(depth));
}

Task<> holdParameter(std::unique_ptr<Witness>)
{
    co_return;
}

} // namespace

class TestTask : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void startsOnlyWhenAwaited()
    {
        bool started = false;
        {
            const Task<int> never = answer(&started);
        }
        QVERIFY(!started);
        QCOMPARE(runTask(answer(&started)), 42);
        QVERIFY(started);
    }

    void passesMoveOnlyResults()
    {
        const auto pointer = runTask(makePointer());
        QVERIFY(pointer && *pointer);
        QCOMPARE(**pointer, 7);
    }

    void passesFailuresAsValues()
    {
        const auto result = runTask(fail());
        QVERIFY(result && !*result);
        QCOMPARE(result->error().reason, "no_route");
    }

    void passesExceptionsThroughNestedTasks()
    {
        QCOMPARE(runTask(caught(0)), "deep");
        QCOMPARE(runTask(caught(50)), "deep");
    }

    void returnsThroughManyLevels() { QCOMPARE(runTask(depthSum(1000)), 1000); }

    void awaitsAMillionFinishedTasksOnOneStack()
    {
        // With a frame of stack a round this ends the process: 8 MiB hold no million of them.
        QCOMPARE(runTask(loop(1'000'000), std::chrono::minutes(2)), 1'000'000);
    }

    void awaitsInALoopWithoutGrowthOfMemory()
    {
        QCOMPARE(runTask(loop(1000)), 1000); // what is allocated once is allocated now
        const size_t before = mallinfo2().uordblks;
        QCOMPARE(runTask(loop(100'000)), 100'000);
        QVERIFY(mallinfo2().uordblks <= before + 4096);
    }

    void resumesManyTimesOnOneStack()
    {
        Event event;
        std::optional<qint64> sum;
        TaskRunner runner;
        runner.start(storeResult(loopOverEvents(&event, 1'000'000), &sum), nullptr);
        for (int i = 0; i < 1'000'000; ++i)
            event.notify();
        QCOMPARE(sum, 1'000'000);
    }

    void takesNotificationsOfThePastOnOneStack()
    {
        Event event;
        std::optional<qint64> sum;
        TaskRunner runner;
        event.notify();
        runner.start(storeResult(loopOverEvents(&event, 2), &sum), nullptr);
        QVERIFY(!sum);
        event.notify();
        QCOMPARE(sum, 2);
    }

    void destroysSuspendedFramesInnermostFirst()
    {
        Log log;
        Event event;
        {
            TaskRunner runner;
            runner.start(waitNested(&log, &event, 3), nullptr);
            QVERIFY(log.empty());
        }
        QCOMPARE(log, (Log{"~local 0", "~local 1", "~local 2", "~local 3"}));
        event.notify(); // nobody there any more
        QCOMPARE(log.size(), size_t(4));
    }

    void resumesInnermostFirst()
    {
        Log log;
        Event event;
        TaskRunner runner;
        runner.start(waitNested(&log, &event, 1), nullptr);
        event.notify();
        QCOMPARE(log, (Log{"resumed 0", "~local 0", "resumed 1", "~local 1"}));
        QVERIFY(!runner.isRunning());
    }

    void givesBackParametersOfATaskThatNeverRan()
    {
        Log log;
        {
            const Task<> never = holdParameter(std::make_unique<Witness>(&log, "parameter"));
            QVERIFY(log.empty());
        }
        QCOMPARE(log, Log{"~parameter"});
    }

    void movesOwnership()
    {
        bool started = false;
        Task<int> first = answer(&started);
        Task<int> second = std::move(first);
        bool otherStarted = false;
        second = answer(&otherStarted);
        QCOMPARE(runTask(std::move(second)), 42);
        QVERIFY(!started);
        QVERIFY(otherStarted);
    }
};

QTEST_GUILESS_MAIN(TestTask)
#include "tst_task.moc"
