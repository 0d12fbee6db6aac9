// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/ask_thread.h"

#include "tests/unit/async/run_task.h"

#include <QTest>
#include <QThread>

#include <atomic>
#include <semaphore>

namespace lunargate {

namespace {

/// Another thread with an event loop, and an object that lives there.
class OtherThread
{
public:
    OtherThread()
    {
        m_object.moveToThread(&m_thread);
        m_thread.start();
    }
    ~OtherThread()
    {
        m_thread.quit();
        m_thread.wait();
    }
    QObject *object() { return &m_object; }
    QThread *thread() { return &m_thread; }

private:
    QThread m_thread;
    QObject m_object;
};

} // namespace

class AskThreadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void answersFromTheOtherThread()
    {
        OtherThread other;
        const std::function<QThread *()> question = [] { return QThread::currentThread(); };
        const std::optional<QThread *> answer = test::runTask(askThread(other.object(), question));
        QCOMPARE(answer, std::optional(other.thread()));
    }

    void answersInTheSameThread()
    {
        QObject here;
        const std::function<int()> question = [] { return 7; };
        QCOMPARE(test::runTask(askThread(&here, question)), std::optional(7));
    }

    void answersLater()
    {
        OtherThread other;
        std::function<void(int)> reply;
        std::atomic<bool> isAsked = false;
        const std::function<void(std::function<void(int)>)> question = [&](std::function<void(int)> answer) {
            reply = std::move(answer);
            isAsked = true;
        };
        TaskRunner runner;
        std::optional<int> result;
        runner.start(test::storeResult(askThread(other.object(), question), &result), {});
        QTRY_VERIFY(isAsked);
        QVERIFY(!result);
        QMetaObject::invokeMethod(other.object(), [&] { reply(7); });
        QTRY_COMPARE(result, std::optional(7));
    }

    void nobodyWaitsForTheAnswer()
    {
        std::binary_semaphore mayAnswer(0);
        std::atomic<bool> isAsked = false;
        {
            OtherThread other;
            const std::function<int()> question = [&] {
                isAsked = true;
                mayAnswer.acquire();
                return 7;
            };
            {
                TaskRunner runner;
                std::optional<int> result;
                runner.start(test::storeResult(askThread(other.object(), question), &result), {});
                QTRY_VERIFY(isAsked);
                QVERIFY(!result);
            } // the task goes while its question is being answered
            mayAnswer.release();
        }
        QCoreApplication::processEvents(); // and its answer reaches nobody
    }

    void answerIsOnItsWayWhenTheTaskGoes()
    {
        std::atomic<bool> isAnswered = false;
        OtherThread other;
        {
            TaskRunner runner;
            std::optional<int> result;
            const std::function<int()> question = [] { return 7; };
            runner.start(test::storeResult(askThread(other.object(), question), &result), {});
            // Answered before this, as the other thread takes one after the other.
            QMetaObject::invokeMethod(other.object(), [&] { isAnswered = true; }, Qt::BlockingQueuedConnection);
            QVERIFY(isAnswered);
        }
        QCoreApplication::processEvents();
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AskThreadTest)
#include "tst_ask_thread.moc"
