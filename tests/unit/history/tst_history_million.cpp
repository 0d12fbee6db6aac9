// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history.h"
#include "gateway/observability/request_record.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/history/history_records.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QUuid>

#include <ctime>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr int kMillion = 1'000'000;

double threadCpuSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

RequestRecord likeReal(int number)
{
    static const QByteArray providers[] = {"openai", "anthropic", "groq", "ollama"};
    RequestRecord record{.requestId = QUuid::createUuid().toByteArray(QUuid::WithoutBraces),
                         .endpoint = "chat_completions",
                         .asksModel = true,
                         .caller = "team-" + QByteArray::number(number % 20),
                         .client = {.userAgent = "claude-cli/2.1.0 (external, cli)", .session = "0d7f-session"},
                         .route = "default",
                         .provider = providers[number % 4],
                         .model = "claude-sonnet-4-20250514",
                         .modelAsked = "lunargate/auto",
                         .modelServed = "claude-sonnet-4-20250514",
                         .finishReason = "stop",
                         .stream = true,
                         .attempts = 1,
                         .status = number % 1000 == 0 ? 503 : 200,
                         .usage = Usage{.input = 1200, .cachedInput = 30'000, .output = 450}};
    record.addAttempt({.provider = record.provider, .model = record.model, .status = 200});
    record.finish();
    return record;
}

} // namespace

/// A history of a million requests: what a page and an insertion cost. Prints what it measured.
class HistoryMillionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QElapsedTimer timer;
        timer.start();
        m_database = openDatabase(path());
        QVERIFY(m_database);
        std::vector<HistoryRecord> batch;
        for (int i = 0; i < kMillion; ++i) {
            batch.push_back(historyRecord(likeReal(i)));
            batch.back().position = positionOf(kNow + std::chrono::milliseconds(i));
            if (batch.size() == 500) {
                QVERIFY(m_database->add(batch));
                batch.clear();
            }
        }
        qInfo("a million records stored in %.1f s, %lld MB", double(timer.elapsed()) / 1000,
              m_database->bytes() / 1'000'000);
        QCOMPARE(m_database->count(), kMillion);
    }

    void pagesAreQuick_data()
    {
        QTest::addColumn<QByteArray>("filter");
        for (const char *filter :
             {"", "provider:anthropic", "status:>=500", "model:nothing*", "after:2h", "before:2026-11-28T00:05",
              "ttft:>2s", "text:nothing", "-status:200 provider:groq", "id:nothing"})
            QTest::newRow(filter) << QByteArray(filter);
    }

    void pagesAreQuick()
    {
        QFETCH(const QByteArray, filter);
        HistoryQuery query{.filter = filterOf(filter), .limit = 100};
        double slowest = 0;
        size_t found = 0;
        int pages = 0;
        for (; pages < 10; ++pages) {
            QElapsedTimer timer;
            timer.start();
            const HistoryPage page = m_database->find(query).value();
            slowest = std::max(slowest, double(timer.nsecsElapsed()) / 1e6);
            found += page.records.size();
            query.before = page.next;
            if (!page.next)
                break;
        }
        qInfo("%s: slowest of %d pages %.1f ms, %zu found", filter.constData(), pages, slowest, found);
        QVERIFY(slowest < 50);
    }

    void oneRecordIsQuick()
    {
        const QByteArray id = m_database->find({.before = positionOf(kNow + 500s), .limit = 1})->records.front().id;
        QElapsedTimer timer;
        timer.start();
        QVERIFY(m_database->record(id).value());
        qInfo("one record by its id: %.2f ms", double(timer.nsecsElapsed()) / 1e6);
        QVERIFY(timer.elapsed() < 50);
    }

    // Sums over everything take longer, but nobody waits for more than one step of them.
    void sumsStepByStep()
    {
        HistoryTally tally(*std::ranges::find(historyFields(), "model", &HistoryField::name));
        std::optional<qint64> before = std::numeric_limits<qint64>::max();
        qint64 slowest = 0;
        QElapsedTimer whole;
        whole.start();
        while (before) {
            QElapsedTimer timer;
            timer.start();
            before = m_database->tally(tally, 0, *before).value();
            slowest = std::max(slowest, timer.elapsed());
        }
        qInfo("a million records added up in %.1f s, the slowest step took %lld ms", double(whole.elapsed()) / 1000,
              slowest);
        QCOMPARE(tally.sum().requests, m_database->count());
        QVERIFY(slowest < 50);
    }

    void seriesStepByStep()
    {
        // The newest 100,000 in 48 parts, and the 100,000 before.
        HistorySpan span{.begin = positionOf(kNow + 900s), .before = positionOf(kNow + 800s)};
        for (int i = 0; i < 48; ++i)
            span.buckets.push_back(positionOf(kNow + 900s + i * 2100ms));
        HistoryTally tally(*std::ranges::find(historyFields(), "client", &HistoryField::name), span);
        std::optional<qint64> before = std::numeric_limits<qint64>::max();
        qint64 slowest = 0;
        QElapsedTimer whole;
        whole.start();
        while (before) {
            QElapsedTimer timer;
            timer.start();
            before = m_database->tally(tally, *span.before, *before).value();
            if (!before)
                tally.finish();
            slowest = std::max(slowest, timer.elapsed());
        }
        qInfo("200,000 records added up by time and client in %lld ms, the slowest step took %lld ms", whole.elapsed(),
              slowest);
        QCOMPARE(tally.sum().requests, 100'000);
        QCOMPARE(tally.before().requests, 100'000);
        QVERIFY(slowest < 60);
    }

    void eraseStepsAreShort()
    {
        const HistoryLimits limits{.maxCount = kMillion - 20'000, .maxBytes = 1LL << 40};
        double slowest = 0;
        for (bool hasMore = true; hasMore;) {
            QElapsedTimer timer;
            timer.start();
            hasMore = m_database->eraseSome(limits).value();
            slowest = std::max(slowest, double(timer.nsecsElapsed()) / 1e6);
        }
        qInfo("slowest step of erasing 20000 records: %.1f ms", slowest);
        QCOMPARE(m_database->count(), kMillion - 20'000);
        QVERIFY(slowest < 200);
    }

    void addingCostsAWorkerLittle()
    {
        constexpr int kCount = 20'000;
        HistoryConfig config;
        config.path = path().toUtf8();
        m_database.reset();
        History history(config);
        history.start();
        QTRY_COMPARE(history.status().state, HistoryStatus::State::Database);
        std::vector<RequestRecord> records;
        for (int i = 0; i < kCount; ++i)
            records.push_back(likeReal(i));
        const double before = threadCpuSeconds();
        for (const RequestRecord &record : records)
            history.add(record);
        const double each = (threadCpuSeconds() - before) / kCount * 1e6;
        qInfo("adding: %.2f us of a worker's CPU a record", each);
        QCOMPARE(history.status().dropped, 0);
        QVERIFY(each < 10);
    }

private:
    QString path() const { return m_folder.filePath(QStringLiteral("history.sqlite")); }

    QTemporaryDir m_folder;
    std::unique_ptr<HistoryDatabase> m_database;
};

QTEST_GUILESS_MAIN(HistoryMillionTest)
#include "tst_history_million.moc"
