// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/async/when_all.h"

#include <QTest>

#include <stdexcept>
#include <string>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

using Log = std::vector<std::string>;

struct Witness
{
    Log *log;
    std::string name;
    ~Witness() { log->push_back("~" + name); }
};

Task<> waitFor(Event *event, Log *log, std::string name)
{
    const Witness witness{log, name};
    log->push_back(name);
    co_await event->wait();
    log->push_back(name + " ended");
}

Task<> note(Log *log, std::string name)
{
    log->push_back(name);
    co_return;
}

Task<> throwing(std::string what)
{
    throw std::runtime_error(what);
    co_return;
}

Task<> throwAfter(Event *event, std::string what)
{
    co_await event->wait();
    throw std::runtime_error(what);
}

Task<> sleepFor(std::chrono::milliseconds duration)
{
    co_await SleepUntil(Clock::now() + duration);
}

template <typename... Tasks>
std::vector<Task<>> list(Tasks... tasks)
{
    std::vector<Task<>> result;
    (result.push_back(std::move(tasks)), ...);
    return result;
}

/// What a task ended with.
struct Outcome
{
    bool hasEnded = false;
    std::string what;

    TaskRunner::Finished finished()
    {
        return [this](std::exception_ptr exception) {
            hasEnded = true;
            try {
                if (exception)
                    std::rethrow_exception(exception);
            } catch (const std::runtime_error &error) {
                what = error.what();
            }
        };
    }
};

} // namespace

class TestWhenAll : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void endsAtOnceWithoutTasks()
    {
        Outcome outcome;
        TaskRunner runner;
        runner.start(whenAll({}), outcome.finished());
        QVERIFY(outcome.hasEnded);
    }

    void startsNothingBeforeItIsAwaited()
    {
        Log log;
        {
            const Task<> all = whenAll(list(note(&log, "a")));
        }
        QCOMPARE(log, Log());
    }

    void endsAtOnceWithTasksThatDo()
    {
        Log log;
        Outcome outcome;
        TaskRunner runner;
        runner.start(whenAll(list(note(&log, "a"), note(&log, "b"))), outcome.finished());
        QVERIFY(outcome.hasEnded);
        QCOMPARE(log, (Log{"a", "b"}));
    }

    void runsSideBySideAndWaitsForTheLast_data()
    {
        QTest::addColumn<bool>("isReversed");
        QTest::newRow("in order") << false;
        QTest::newRow("the last first") << true;
    }

    void runsSideBySideAndWaitsForTheLast()
    {
        QFETCH(const bool, isReversed);
        Log log;
        Event first;
        Event second;
        Outcome outcome;
        TaskRunner runner;
        runner.start(whenAll(list(waitFor(&first, &log, "a"), note(&log, "b"), waitFor(&second, &log, "c"))),
                     outcome.finished());
        QCOMPARE(log, (Log{"a", "b", "c"}));
        (isReversed ? second : first).notify();
        QVERIFY(!outcome.hasEnded);
        (isReversed ? first : second).notify();
        QVERIFY(outcome.hasEnded);
        QCOMPARE(log.size(), 7);
        QVERIFY(!runner.isRunning());
    }

    void destroyingItCancelsWhatStillRuns_data()
    {
        QTest::addColumn<bool>("isOneOver");
        QTest::newRow("all run") << false;
        QTest::newRow("one is over") << true;
    }

    void destroyingItCancelsWhatStillRuns()
    {
        QFETCH(const bool, isOneOver);
        const qsizetype timers = TimerQueue::current().size();
        Log log;
        Event first;
        Event second;
        Outcome outcome;
        {
            TaskRunner runner;
            runner.start(whenAll(list(waitFor(&first, &log, "a"), waitFor(&second, &log, "b"), sleepFor(1h))),
                         outcome.finished());
            if (isOneOver)
                second.notify();
            log.clear();
        }
        QVERIFY(!outcome.hasEnded);
        QCOMPARE(log, isOneOver ? Log{"~a"} : (Log{"~a", "~b"}));
        QCOMPARE(TimerQueue::current().size(), timers);
        first.notify(); // nobody there any more
        QVERIFY(!outcome.hasEnded);
    }

    void throwsTheFirstExceptionInOrderWhenAllHaveEnded()
    {
        Event event;
        Event last;
        Log log;
        Outcome outcome;
        TaskRunner runner;
        runner.start(whenAll(list(throwAfter(&event, "one"), throwing("two"), waitFor(&last, &log, "c"))),
                     outcome.finished());
        QVERIFY(!outcome.hasEnded);
        event.notify();
        QVERIFY(!outcome.hasEnded); // the third still runs
        last.notify();
        QVERIFY(outcome.hasEnded);
        QCOMPARE(outcome.what, "one");
    }

    void canBeNestedAndAwaitedAgainAndAgain()
    {
        Outcome outcome;
        TaskRunner runner;
        runner.start(many(1000), outcome.finished());
        QTRY_VERIFY(outcome.hasEnded);
        QCOMPARE(outcome.what, "");
    }

private:
    static Task<> many(int rounds)
    {
        Log log;
        for (int i = 0; i < rounds; ++i)
            co_await whenAll(list(whenAll(list(note(&log, "a"), sleepFor(0ms))), note(&log, "b")));
    }
};

QTEST_GUILESS_MAIN(TestWhenAll)
#include "tst_when_all.moc"
