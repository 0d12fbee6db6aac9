// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history.h"
#include "gateway/observability/request_record.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/history/history_records.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <algorithm>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#endif

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// How much waits for the history's thread, how long, and for whom that thread steps aside.
class HistoryPaceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
        m_config = {};
        m_config.maxAge = 0ms;
        m_config.path = m_folder->filePath(QStringLiteral("history.sqlite")).toUtf8();
    }

    // Sooner than records may wait, which is never here.
    void whatFillsHalfOfTheQueueIsStoredAtOnce()
    {
        History history(m_config, {.mostRecords = 20, .delay = 1h});
        history.start();
        for (int i = 0; i < 10; ++i)
            history.add(record(QByteArray::number(i)));
        QTRY_COMPARE(history.status().stored, 10);
        QCOMPARE(history.status().queued, 0);
        history.add(record("waits"));
        QCOMPARE(history.status().queued, 1);
        QCOMPARE(history.status().dropped, 0);
    }

    // Bodies of a megabyte: some of them are half of what may wait.
    void manyBytesAreStoredAtOnce()
    {
        m_config.capture = HistoryCapture::Bodies;
        History history(m_config, {.mostBytes = 4'000'000, .delay = 1h});
        history.start();
        for (const char *id : {"a", "b"})
            history.add(record(id), messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(1'000'000, 'x')}));
        QTRY_COMPARE(history.status().stored, 2);
    }

    void whatFindsNoRoomIsCounted()
    {
        History history(m_config, {.mostRecords = 20, .mostBytes = 10, .delay = 1h});
        history.start();
        history.add(record("a"));
        QCOMPARE(history.status().dropped, 1);
        QCOMPARE(history.status().queued, 0);
    }

    // The rest of what is known of such a request is small.
    void bodiesThatAreTooLargeAreLeftOut()
    {
        m_config.capture = HistoryCapture::Bodies;
        History history(m_config, {.mostBytes = 10'000, .delay = 1h});
        history.start();
        history.add(record("large"), messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(10'000, 'x')}));
        history.add(record("small"), messagesWith(HistoryPart::ClientRequest, {.body = "x"}));
        QCOMPARE(history.status().dropped, 0);
        QCOMPARE(idsOf(runTask(history.find({}))->records), QByteArrayList({"small", "large"}));
        QVERIFY(!(*runTask(history.record("large")))->messages);
        QVERIFY((*runTask(history.record("small")))->messages);
    }

    // Workers come first where they share a core with it.
    void itsThreadGivesWayToOthers()
    {
#ifdef Q_OS_LINUX
        const int own = ::getpriority(PRIO_PROCESS, 0);
        History history(m_config);
        history.start();
        history.add(record("a"));
        QTRY_COMPARE(history.status().stored, 1); // it runs
        const int least = 19;
        const std::optional<int> thread = threadNamed("history");
        QVERIFY(thread);
        QCOMPARE(::getpriority(PRIO_PROCESS, static_cast<id_t>(*thread)), std::min(own + 10, least));
        QCOMPARE(::getpriority(PRIO_PROCESS, 0), own);
#else
        QSKIP("threads have nice values on Linux alone");
#endif
    }

private:
#ifdef Q_OS_LINUX
    /// The id of this process' thread of that name.
    static std::optional<int> threadNamed(const QByteArray &name)
    {
        const QDir tasks(QStringLiteral("/proc/self/task"));
        for (const QString &id : tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile comm(tasks.filePath(id + QStringLiteral("/comm")));
            if (comm.open(QIODevice::ReadOnly) && comm.readAll().trimmed() == name)
                return id.toInt();
        }
        return std::nullopt;
    }
#endif

    static RequestRecord record(const QByteArray &id)
    {
        RequestRecord record{.requestId = id, .endpoint = "chat_completions", .asksModel = true, .status = 200};
        record.finish();
        return record;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    HistoryConfig m_config;
};

QTEST_GUILESS_MAIN(HistoryPaceTest)
#include "tst_history_pace.moc"
