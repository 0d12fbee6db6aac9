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

    void erasesAllThatIsThere_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("database") << QByteArray(); // the one of init()
        QTest::newRow("memory") << QByteArray(":memory:");
    }

    void erasesAllThatIsThere()
    {
        QFETCH(const QByteArray, path);
        if (!path.isEmpty())
            m_config.path = path;
        History history(m_config);
        history.start();
        for (int i = 0; i < 1700; ++i) // some steps
            history.add(numbered(-i));
        const Result<qint64> erased = runTask(history.erase()).value();
        QVERIFY(erased);
        QCOMPARE(*erased, path.isEmpty() ? 1700 : 1000);
        QVERIFY(runTask(history.find({}))->records.empty());
        QCOMPARE(history.status().stored, 0);
        history.add(numbered(-5)); // began before, and ends now
        QCOMPARE(runTask(history.find({}))->records.size(), 1u);
    }

    void addsUpByAText()
    {
        History history(m_config);
        history.start();
        for (int i = 1; i <= 100; ++i) {
            HistoryRecord one = numbered(i);
            one.provider = i <= 20 ? "groq" : "openai";
            one.timeToFirstByte = std::chrono::milliseconds(i);
            one.usage = Usage{.input = 10, .cachedInput = 5, .output = 2};
            one.error = i == 7 ? "upstream_error" : "";
            one.costSource = i <= 30 ? "unknown" : "table";
            if (i > 30)
                one.costUsd = 0.5;
            history.add(one);
        }
        const HistoryField *provider = &*std::ranges::find(historyFields(), "provider", &HistoryField::name);
        const auto tally = runTask(history.tally(*provider, positionOf(kNow + 3s))).value();
        QCOMPARE(tally->sum().requests, 98);
        QCOMPARE(tally->sum().errors, 1);
        QCOMPARE(tally->sum().tokensIn, 98 * 15);
        QCOMPARE(tally->sum().tokensOut, 98 * 2);
        QCOMPARE(tally->sum().costKnown, 70);
        QCOMPARE(tally->sum().costUnknown, 28);
        QCOMPARE(tally->sum().costUsd, 35.0);
        QCOMPARE(tally->groups().size(), 2u);
        const HistoryTotals &openai = tally->groups().at("openai");
        QCOMPARE(openai.requests, 80);
        QCOMPARE(openai.timeToFirstByteP50.value(), 60ms);
        QCOMPARE(openai.timeToFirstByteP95.value(), 96ms);
        HistoryTotals none;
        none.finish();
        QVERIFY(!none.timeToFirstByteP50);
    }

    void addsUpByTheTime()
    {
        History history(m_config);
        history.start();
        for (int i = 0; i < 100; ++i) {
            HistoryRecord one = numbered(i);
            one.timeToFirstByte = std::chrono::milliseconds(i);
            one.usage = Usage{.input = 10, .cachedInput = 5};
            history.add(one);
        }
        const auto at = [](int second) { return positionOf(kNow + std::chrono::seconds(second)); };
        const HistoryField *provider = &*std::ranges::find(historyFields(), "provider", &HistoryField::name);
        // The first bucket begins before the range does.
        const HistorySpan span{.begin = at(50), .buckets = {at(40), at(60), at(80)}, .before = at(20)};
        const auto tally = runTask(history.tally(*provider, span)).value();
        QCOMPARE(tally->sum().requests, 50);
        QCOMPARE(tally->sum().tokensCached, 250);
        QCOMPARE(tally->groups().at("openai").requests, 50);
        QCOMPARE(tally->before().requests, 30);
        QCOMPARE(tally->before().timeToFirstByteP95.value(), 48ms);
        QCOMPARE(tally->buckets().size(), 3u);
        QCOMPARE(tally->buckets()[0].requests, 10);
        QCOMPARE(tally->buckets()[1].requests, 20);
        QCOMPARE(tally->buckets()[1].timeToFirstByteP50.value(), 69ms);
        QCOMPARE(tally->buckets()[2].requests, 20);
    }

    void addsUpWhatTheCacheSaved()
    {
        History history(m_config);
        history.start();
        for (int i = 0; i < 3; ++i) {
            HistoryRecord one = numbered(i);
            if (i > 0) {
                one.cache = "hit";
                one.savedTokens = 190;
                one.savedTime = 2s;
            }
            if (i > 1)
                one.savedUsd = 0.25;
            history.add(one);
        }
        const HistoryField *model = &*std::ranges::find(historyFields(), "model", &HistoryField::name);
        const HistoryTotals sum = runTask(history.tally(*model, 0)).value()->sum();
        QCOMPARE(sum.cacheHits, 2);
        QCOMPARE(sum.savedTokens, 380);
        QCOMPARE(sum.savedUsd, 0.25);
        QCOMPARE(sum.savedTime, 4s);
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

    void pinnedOnesStayUntilAllIsErased()
    {
        m_config.maxCount = 10;
        History history(m_config);
        history.start();
        history.add(record("pinned"));
        history.setPinned("pinned", true);
        for (int i = 0; i < 2000; ++i)
            history.add(record(QByteArray::number(i)));
        QTRY_COMPARE(idsOf(runTask(history.find({}))->records).first(), "1999");
        QTRY_COMPARE(history.status().stored, 11);
        QVERIFY(runTask(history.record("pinned")).value());
        QCOMPARE(runTask(history.erase()).value().value(), 11);
        QVERIFY(!runTask(history.record("pinned")).value());
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
