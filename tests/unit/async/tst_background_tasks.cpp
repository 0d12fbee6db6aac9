// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/background_tasks.h"
#include "gateway/async/event.h"

#include <QRegularExpression>
#include <QTest>

#include <optional>
#include <stdexcept>

using namespace lunargate;

namespace {

struct CountOnExit
{
    int *count;
    ~CountOnExit() { ++*count; }
};

Task<> waitFor(Event *event, int *exits)
{
    const CountOnExit counter{exits};
    co_await event->wait();
}

Task<> throwing()
{
    throw std::runtime_error("out of luck");
    co_return;
}

Task<> startAnother(BackgroundTasks *tasks, Event *event, int *exits)
{
    const CountOnExit counter{exits};
    tasks->start(waitFor(event, exits));
    co_return;
}

} // namespace

class TestBackgroundTasks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void runsTasksToTheirEnd()
    {
        BackgroundTasks tasks;
        Event first;
        Event second;
        int exits = 0;
        tasks.start(waitFor(&first, &exits));
        tasks.start(waitFor(&second, &exits));
        QCOMPARE(tasks.running(), 2);
        first.notify();
        QCOMPARE(exits, 1);
        QCOMPARE(tasks.running(), 1);
        tasks.start(waitFor(&first, &exits));
        QCOMPARE(tasks.running(), 2);
        second.notify();
        first.notify();
        QCOMPARE(exits, 3);
        QCOMPARE(tasks.running(), 0);
    }

    void cancelsWhatStillRunsWhenDestroyed()
    {
        Event first;
        Event second;
        int exits = 0;
        std::optional<BackgroundTasks> tasks(std::in_place);
        tasks->start(waitFor(&first, &exits));
        tasks->start(waitFor(&second, &exits));
        second.notify();
        QCOMPARE(exits, 1);
        tasks.reset();
        QCOMPARE(exits, 2);
        first.notify(); // nobody there any more
        QCOMPARE(exits, 2);
    }

    void letsATaskStartAnother()
    {
        BackgroundTasks tasks;
        Event event;
        int exits = 0;
        tasks.start(startAnother(&tasks, &event, &exits));
        QCOMPARE(exits, 1);
        QCOMPARE(tasks.running(), 1);
        event.notify();
        QCOMPARE(exits, 2);
    }

    void logsWhatATaskThrows()
    {
        BackgroundTasks tasks;
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("background task failed.*out of luck")));
        tasks.start(throwing());
        QCOMPARE(tasks.running(), 0);
    }
};

QTEST_GUILESS_MAIN(TestBackgroundTasks)
#include "tst_background_tasks.moc"
