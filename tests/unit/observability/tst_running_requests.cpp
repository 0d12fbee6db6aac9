// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/running_requests.h"

#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/observability/request_record.h"

#include <QTest>
#include <QThread>

#include <functional>
#include <memory>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

/// Has `work` done in the thread of `there`, and waits for it.
void in(QObject &there, const std::function<void()> &work)
{
    QMetaObject::invokeMethod(&there, work, Qt::BlockingQueuedConnection);
}

RequestRecord recordOf(const QByteArray &id)
{
    RequestRecord record;
    record.requestId = id;
    return record;
}

} // namespace

/// Model calls under way, looked up from another thread.
class RunningRequestsTest : public QObject
{
    Q_OBJECT

private:
    std::vector<RunningRequest> list(RunningRequests &running)
    {
        std::vector<RunningRequest> found;
        TaskRunner runner;
        runner.start(ask(running, found), {});
        if (!QTest::qWaitFor([&] { return !runner.isRunning(); }))
            qCritical("nobody answers");
        return found;
    }

    static Task<> ask(RunningRequests &running, std::vector<RunningRequest> &found) { found = co_await running.list(); }

    static QByteArrayList idsOf(const std::vector<RunningRequest> &requests)
    {
        QByteArrayList ids;
        for (const RunningRequest &request : requests)
            ids.append(request.id);
        return ids;
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void nobodyIsThere()
    {
        RunningRequests running;
        QCOMPARE(list(running).size(), 0U);
    }

    void thoseOfAllThreadsAreFoundWhileTheyRun()
    {
        RunningRequests running;
        RunningBoard here(running);
        RequestRecord old = recordOf("old");
        old.time -= 1h;
        const RequestRecord fresh = recordOf("new");
        RunningBoard::Entry first = here.add(old);
        QThread thread;
        QObject there;
        there.moveToThread(&thread);
        thread.start();
        std::unique_ptr<RunningBoard> board;
        std::unique_ptr<RunningBoard::Entry> second;
        in(there, [&] {
            board = std::make_unique<RunningBoard>(running);
            second = std::make_unique<RunningBoard::Entry>(board->add(fresh));
        });
        QCOMPARE(idsOf(list(running)), (QByteArrayList{"new", "old"}));
        first = {};
        QCOMPARE(idsOf(list(running)), QByteArrayList{"new"});
        in(there, [&] {
            second.reset();
            board.reset();
        });
        QCOMPARE(list(running).size(), 0U);
        in(there, [&] { there.moveToThread(nullptr); });
        thread.quit();
        thread.wait();
    }

    void tellsHowTheyStand()
    {
        RunningRequests running;
        RunningBoard board(running);
        RequestRecord record = recordOf("id");
        record.modelAsked = "gpt-4o";
        record.caller = "ci";
        record.startedAt = Clock::now() - 3s;
        const RunningBoard::Entry entry = board.add(record);
        QCOMPARE(list(running)[0].state, RunningRequest::State::Preparing);
        QVERIFY(list(running)[0].elapsed >= 3s);
        record.attempts = 1;
        record.provider = "openai";
        QCOMPARE(list(running)[0].state, RunningRequest::State::Waiting);
        record.firstByteAt = record.startedAt + 2s;
        record.streamedTextBytes = 400;
        const RunningRequest found = list(running)[0];
        QCOMPARE(found.state, RunningRequest::State::Answering);
        QCOMPARE(found.timeToFirstByte, std::optional<std::chrono::microseconds>(2s));
        QCOMPARE(found.streamedTextBytes, 400);
        QCOMPARE(found.modelAsked, "gpt-4o");
        QCOMPARE(found.caller, "ci");
        QCOMPARE(found.provider, "openai");
    }

    void aThreadThatGoesIsNotWaitedFor()
    {
        RunningRequests running;
        auto board = std::make_unique<RunningBoard>(running);
        std::vector<RunningRequest> found;
        TaskRunner runner;
        runner.start(ask(running, found), {});
        QVERIFY(runner.isRunning());
        board.reset(); // before it was asked
        QTRY_VERIFY(!runner.isRunning());
    }

    void whoeverAskedMayGo()
    {
        RunningRequests running;
        RunningBoard board(running);
        const RequestRecord record = recordOf("id");
        const RunningBoard::Entry entry = board.add(record);
        std::vector<RunningRequest> found;
        {
            TaskRunner runner;
            runner.start(ask(running, found), {});
        }
        QCOMPARE(list(running).size(), 1U);
        QVERIFY(found.empty());
    }

    // What each request pays, whether or not somebody looks.
    void beingListedCostsNanoseconds()
    {
        RunningRequests running;
        RunningBoard board(running);
        const RequestRecord record = recordOf("id");
        std::vector<RunningBoard::Entry> others;
        for (int i = 0; i < 1000; ++i)
            others.push_back(board.add(record));
        QBENCHMARK
        {
            const RunningBoard::Entry entry = board.add(record);
        }
    }
};

QTEST_GUILESS_MAIN(RunningRequestsTest)
#include "tst_running_requests.moc"
