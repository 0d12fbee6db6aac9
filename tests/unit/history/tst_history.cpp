// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history.h"
#include "gateway/observability/request_record.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/history/history_records.h"

#include <QTemporaryDir>

#include <thread>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// The service that workers use.
class HistoryTest : public QObject
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

    void keepsNothingBeforeItsStart()
    {
        History history(m_config);
        QVERIFY(!history.isWanted());
        history.add(record("a"));
        QVERIFY(runTask(history.find({}))->records.empty());
        QVERIFY(!QFile::exists(QString::fromUtf8(m_config.path)));
    }

    void findsWhatWasAddedJustBefore()
    {
        History history(m_config);
        history.start();
        history.add(record("a"));
        history.add(record("b"));
        QCOMPARE(idsOf(runTask(history.find({}))->records), QByteArrayList({"b", "a"}));
        QCOMPARE(runTask(history.record("a")).value()->id, QByteArray("a"));
        QCOMPARE(history.status().state, HistoryStatus::State::Database);
    }

    void storesByItself()
    {
        History history(m_config);
        history.start();
        history.add(record("a"));
        QTRY_COMPARE(history.status().stored, 1);
    }

    void storesTheRestAtItsEnd()
    {
        {
            History history(m_config);
            history.start();
            for (int i = 0; i < 1000; ++i)
                history.add(record(QByteArray::number(i)));
        }
        QCOMPARE(openDatabase(QString::fromUtf8(m_config.path))->count(), 1000);
    }

    void requestsOfTheSameMomentAreKeptApart()
    {
        History history(m_config);
        history.start();
        for (int i = 0; i < 500; ++i)
            history.add(numbered(1));
        QTRY_COMPARE(history.status().stored, 500);
    }

    void manyWorkersAtOnce()
    {
        History history(m_config);
        history.start();
        std::vector<std::jthread> workers;
        for (int worker = 0; worker < 4; ++worker) {
            workers.emplace_back([&] {
                for (int i = 0; i < 1000; ++i)
                    history.add(record("x"));
            });
        }
        workers.clear();
        QTRY_COMPARE(history.status().stored, 4000);
        QCOMPARE(history.status().dropped, 0);
    }

    void anotherConfigurationTakesOver()
    {
        History history(m_config);
        history.start();
        history.add(record("a"));
        QVERIFY(!history.wantsBodies());
        m_config.capture = HistoryCapture::Bodies;
        history.apply(m_config);
        QVERIFY(history.wantsBodies());
        m_config.enabled = false;
        history.apply(m_config);
        QVERIFY(!history.isWanted());
        history.add(record("b"));
        QTRY_COMPARE(history.status().state, HistoryStatus::State::Off);
        m_config.enabled = true;
        history.apply(m_config);
        QCOMPARE(idsOf(runTask(history.find({}))->records), QByteArrayList({"a"}));
    }

    void eraseByCountGoesByItself()
    {
        m_config.maxCount = 10;
        History history(m_config);
        history.start();
        for (int i = 0; i < 2000; ++i)
            history.add(record(QByteArray::number(i)));
        QTRY_COMPARE(history.status().stored, 10);
        QCOMPARE(idsOf(runTask(history.find({}))->records).first(), "1999");
    }

    void oldOnesAreErased()
    {
        m_config.maxAge = 1h;
        History history(m_config);
        history.start();
        RequestRecord old = record("old");
        old.time -= 2h;
        history.add(old);
        history.add(record("new"));
        QTRY_COMPARE(idsOf(runTask(history.find({}))->records), QByteArrayList({"new"}));
    }

    void positionsOfFarDaysKeepTheirOrder()
    {
        using namespace std::chrono;
        const auto position = [](int year) { return positionOf(sys_days(std::chrono::year(year) / 1 / 1)); };
        QVERIFY(position(9999) > position(2200));
        QVERIFY(position(2200) > position(2026));
        QVERIFY(position(1) < position(1970));
    }

    void costIsTheRecords()
    {
        RequestRecord source = record("a");
        source.usage = Usage{.input = 3, .cost = 0.5};
        source.cost = Cost{Money::fromDollars(0.5), CostSource::Provider};
        source.addAttempt({.provider = "p", .startedAt = source.startedAt + 5ms, .finishedAt = source.startedAt + 9ms});
        const HistoryRecord kept = historyRecord(source);
        QCOMPARE(kept.costUsd, std::optional(0.5));
        QCOMPARE(kept.costSource, QByteArray("provider"));
        QVERIFY(!kept.usage->cost);
        QCOMPARE(kept.attempts[0].outcome, QByteArray("success"));
        QVERIFY(kept.attempts[0].startedAfter == 5ms);
        QVERIFY(kept.attempts[0].duration == 4ms);
        source.cost = Cost{};
        QVERIFY(!historyRecord(source).costUsd);
        QCOMPARE(historyRecord(source).costSource, QByteArray("unknown"));
        source.cost.reset();
        QCOMPARE(historyRecord(source).costSource, QByteArray());
    }

private:
    static RequestRecord record(const QByteArray &id)
    {
        RequestRecord record{.requestId = id, .endpoint = "chat_completions", .asksModel = true, .status = 200};
        record.finish();
        return record;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    HistoryConfig m_config;
};

QTEST_GUILESS_MAIN(HistoryTest)
#include "tst_history.moc"
