// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/race.h"

#include <QCoreApplication>
#include <QTest>

#include <memory>
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

Task<std::string> after(Event *event, Log *log, std::string name)
{
    const Witness witness{log, name};
    co_await event->wait();
    co_return name;
}

Task<std::string> atOnce(std::string name)
{
    co_return name;
}

Task<std::string> throwing(std::string what)
{
    throw std::runtime_error(what);
    co_return "";
}

// Ends, and by its end lets another one go on: below that one's frames on the stack are this one's.
Task<std::string> releasing(Event *start, Event *other, Log *log, std::string name)
{
    const Witness witness{log, name};
    co_await start->wait();
    other->notify();
    co_return name;
}

// What the winner was, with the race destroyed before the task ends.
Task<> firstOf(std::vector<Task<std::string>> tasks, Log *log)
{
    Race<std::string> race;
    for (Task<std::string> &task : tasks)
        race.start(std::move(task));
    const auto finish = co_await race.next();
    log->push_back(finish->value + " first");
}

Task<> allOf(std::vector<Task<std::string>> tasks, Log *log)
{
    Race<std::string> race;
    for (Task<std::string> &task : tasks)
        race.start(std::move(task));
    for (size_t i = 0; i < tasks.size(); ++i) {
        const auto finish = co_await race.next();
        log->push_back(std::to_string(finish->number) + ' ' + finish->value + ", left " + std::to_string(race.left()));
    }
}

Task<> untilDeadline(Task<std::string> task, TimePoint deadline, Log *log)
{
    Race<std::string> race;
    race.start(std::move(task));
    const auto early = co_await race.next(deadline);
    log->push_back(early ? early->value : "too late");
    if (!early)
        log->push_back((co_await race.next())->value);
}

Task<> catching(Log *log)
{
    Race<std::string> race;
    race.start(throwing("oops"));
    race.start(atOnce("b"));
    try {
        co_await race.next();
    } catch (const std::runtime_error &error) {
        log->push_back(error.what());
    }
    log->push_back((co_await race.next())->value);
}

template <typename... Tasks>
std::vector<Task<std::string>> list(Tasks... tasks)
{
    std::vector<Task<std::string>> result;
    (result.push_back(std::move(tasks)), ...);
    return result;
}

bool contains(const Log &log, const std::string &line)
{
    return std::ranges::find(log, line) != log.end();
}

} // namespace

class TestRace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsTheFirstAndCancelsTheOthers()
    {
        Log log;
        Event a;
        Event b;
        TaskRunner runner;
        runner.start(firstOf(list(after(&a, &log, "a"), after(&b, &log, "b")), &log), {});
        b.notify();
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(log, (Log{"~b", "b first", "~a"}));
        a.notify(); // nobody there any more
    }

    void tellsEndsInTheirOrder()
    {
        Log log;
        Event a;
        Event b;
        TaskRunner runner;
        runner.start(allOf(list(after(&a, &log, "a"), after(&b, &log, "b"), atOnce("c")), &log), {});
        QTRY_VERIFY(contains(log, "2 c, left 2"));
        b.notify();
        QTRY_VERIFY(contains(log, "1 b, left 1"));
        a.notify();
        QTRY_VERIFY(!runner.isRunning());
        QVERIFY(contains(log, "0 a, left 0"));
    }

    void bothMayEndInTheSameTurn()
    {
        Log log;
        Event a;
        Event b;
        TaskRunner runner;
        runner.start(allOf(list(after(&a, &log, "a"), after(&b, &log, "b")), &log), {});
        b.notify();
        a.notify();
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(log, (Log{"~b", "~a", "1 b, left 1", "0 a, left 0"}));
    }

    void theSecondOfOneTurnIsDropped()
    {
        Log log;
        Event a;
        Event b;
        TaskRunner runner;
        runner.start(firstOf(list(after(&a, &log, "a"), after(&b, &log, "b")), &log), {});
        a.notify();
        b.notify();
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(log, (Log{"~a", "~b", "a first"}));
    }

    void aTaskMayLetAnotherOneWin()
    {
        // When b ends, a stands on the stack: it must not be destroyed there.
        Log log;
        Event a;
        Event b;
        TaskRunner runner;
        runner.start(firstOf(list(releasing(&a, &b, &log, "a"), after(&b, &log, "b")), &log), {});
        a.notify();
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(log, (Log{"~b", "~a", "b first"}));
    }

    void destroyingItCancelsWhatStillRuns_data()
    {
        QTest::addColumn<bool>("hasOneEnded");
        QTest::newRow("all run") << false;
        QTest::newRow("one has ended, nobody knows yet") << true;
    }

    void destroyingItCancelsWhatStillRuns()
    {
        QFETCH(const bool, hasOneEnded);
        const qsizetype timers = TimerQueue::current().size();
        Log log;
        Event a;
        Event b;
        {
            TaskRunner runner;
            runner.start(firstOf(list(after(&a, &log, "a"), after(&b, &log, "b")), &log), {});
            if (hasOneEnded)
                b.notify();
        }
        QCOMPARE(log, hasOneEnded ? (Log{"~b", "~a"}) : (Log{"~a", "~b"}));
        QCOMPARE(TimerQueue::current().size(), timers);
        QCoreApplication::processEvents();
        QCOMPARE(log.size(), 2);
    }

    void waitsNoLongerThanTheDeadline()
    {
        Log log;
        Event a;
        TaskRunner runner;
        runner.start(untilDeadline(after(&a, &log, "a"), Clock::now() + 1ms, &log), {});
        QTRY_COMPARE(log, Log{"too late"});
        a.notify(); // it went on all the same
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(log, (Log{"too late", "~a", "a"}));
    }

    void anEndBeforeTheWaitCounts()
    {
        Log log;
        TaskRunner runner;
        runner.start(untilDeadline(atOnce("a"), Clock::now() - 1s, &log), {});
        QVERIFY(!runner.isRunning());
        QCOMPARE(log, Log{"a"});
    }

    void throwsWhatLeftATask()
    {
        Log log;
        TaskRunner runner;
        runner.start(catching(&log), {});
        QTRY_VERIFY(!runner.isRunning());
        QCOMPARE(log, (Log{"oops", "b"}));
    }
};

QTEST_GUILESS_MAIN(TestRace)
#include "tst_race.moc"
