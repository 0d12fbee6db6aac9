// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/models/fetched_models.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

namespace {

constexpr std::chrono::milliseconds kTtl = 10min;

QByteArray ids(const FetchedModels &store, const QByteArray &provider)
{
    const ProviderModelLists lists = store.lists();
    const auto list = lists.find(provider);
    if (list == lists.end())
        return "none";
    QByteArrayList ids;
    for (const ProviderModel &model : *list->second)
        ids << model.id;
    return ids.join(' ');
}

} // namespace

class FetchedModelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_now = Clock::now();
    }

    void beginsWithoutLists()
    {
        const FetchedModels store;
        QVERIFY(store.lists().empty());
    }

    void letsOneAskAtATime()
    {
        FetchedModels store(m_time);
        std::optional claim = store.claim("a", kTtl);
        QVERIFY(claim);
        m_now += 1h; // however long it takes
        QVERIFY(!store.claim("a", kTtl));
        QVERIFY(store.claim("b", kTtl));
        claim->succeed({{.id = "m"}});
        QCOMPARE(ids(store, "a"), "m");
        QCOMPARE(ids(store, "b"), "none");
    }

    void asksAgainWhenAListIsOld()
    {
        FetchedModels store(m_time);
        store.claim("a", kTtl)->succeed({{.id = "old"}});
        m_now += kTtl - 1ms;
        QVERIFY(!store.claim("a", kTtl));
        m_now += 1ms;
        std::optional claim = store.claim("a", kTtl);
        QVERIFY(claim);
        QCOMPARE(ids(store, "a"), "old"); // until there is a new one
        claim->succeed({{.id = "new"}, {.id = "newer"}});
        QCOMPARE(ids(store, "a"), "new newer");
        QVERIFY(!store.claim("a", kTtl));
    }

    void adoptsTheListsOfTheProvidersThatAreNamed()
    {
        FetchedModels old(m_time);
        old.claim("kept", kTtl)->succeed({{.id = "m"}});
        old.claim("changed", kTtl)->succeed({{.id = "m"}});
        old.claim("failed", kTtl)->fail();
        const std::optional asking = old.claim("asking", kTtl);
        FetchedModels store(m_time);
        store.adopt(old, {"kept", "failed", "asking", "new"});
        QCOMPARE(ids(store, "kept"), "m");
        QCOMPARE(ids(store, "changed"), "none");
        QVERIFY(!store.claim("kept", kTtl));
        for (const char *provider : {"changed", "failed", "asking", "new"})
            QVERIFY2(store.claim(provider, kTtl), provider);
        m_now += kTtl; // counted from when it was fetched
        QVERIFY(store.claim("kept", kTtl));
    }

    void takesAnEmptyListForAList()
    {
        FetchedModels store(m_time);
        store.claim("a", kTtl)->succeed({});
        QCOMPARE(ids(store, "a"), "");
        QVERIFY(!store.claim("a", kTtl));
    }

    void keepsTheListWhenAskingFails()
    {
        FetchedModels store(m_time);
        store.claim("a", kTtl)->succeed({{.id = "old"}});
        m_now += kTtl;
        store.claim("a", kTtl)->fail();
        QCOMPARE(ids(store, "a"), "old");
    }

    void pausesAfterAFailure_data()
    {
        QTest::addColumn<bool>("hasList");
        QTest::newRow("first time") << false;
        QTest::newRow("old list") << true;
    }

    void pausesAfterAFailure()
    {
        QFETCH(const bool, hasList);
        FetchedModels store(m_time);
        if (hasList)
            store.claim("a", kTtl)->succeed({});
        m_now += kTtl;
        store.claim("a", kTtl)->fail();
        m_now += 29s;
        QVERIFY(!store.claim("a", kTtl));
        m_now += 1s;
        std::optional claim = store.claim("a", kTtl);
        QVERIFY(claim);
        claim->succeed({{.id = "m"}});
        m_now += 30s;
        QVERIFY(!store.claim("a", kTtl)); // that was long ago
        store.claim("b", 5ms)->fail();
        m_now += 5ms;
        QVERIFY(store.claim("b", 5ms)); // no longer than a list lives
    }

    void logsATroubleOnceInATimeToLive()
    {
        FetchedModels store(m_time);
        QVERIFY(store.claim("a", kTtl)->fail());
        m_now += 1min;
        QVERIFY(!store.claim("a", kTtl)->fail());
        QVERIFY(store.claim("b", kTtl)->fail()); // another one's
        m_now += kTtl;
        QVERIFY(store.claim("a", kTtl)->fail());
        m_now += 1min;
        store.claim("a", kTtl)->succeed({});
        m_now += kTtl;
        QVERIFY(store.claim("a", kTtl)->fail()); // a new trouble
    }

    void takesAClaimThatGoesWithoutAWordForAFailure()
    {
        FetchedModels store(m_time);
        {
            std::optional claim = store.claim("a", kTtl);
            const FetchedModels::Claim moved = *std::move(claim);
        }
        QVERIFY(!store.claim("a", kTtl));
        m_now += 30s;
        QVERIFY(store.claim("a", kTtl));
        QCOMPARE(ids(store, "a"), "none");
    }

    void wakesAllWhoWaitForAFirstOutcome_data()
    {
        QTest::addColumn<bool>("isSuccess");
        QTest::newRow("success") << true;
        QTest::newRow("failure") << false;
    }

    void wakesAllWhoWaitForAFirstOutcome()
    {
        QFETCH(const bool, isSuccess);
        FetchedModels store(m_time);
        std::optional claim = store.claim("a", kTtl);
        int ended = 0;
        const auto count = [&ended](std::exception_ptr) { ++ended; };
        TaskRunner first;
        TaskRunner second;
        TaskRunner other;
        first.start(store.firstOutcome("a", kNever), count);
        second.start(store.firstOutcome("a", kNever), count);
        other.start(store.firstOutcome("b", kNever), count);
        if (isSuccess)
            claim->succeed({});
        else
            claim->fail();
        QCOMPARE(ended, 0); // not from the midst of whoever brings it
        QTRY_COMPARE(ended, 2);
        QVERIFY(other.isRunning());
    }

    void hasNobodyWaitForAnOldList()
    {
        FetchedModels store(m_time);
        store.claim("a", kTtl)->succeed({});
        m_now += kTtl;
        const std::optional claim = store.claim("a", kTtl);
        TaskRunner runner;
        runner.start(store.firstOutcome("a", kNever), nullptr);
        QVERIFY(!runner.isRunning());
    }

    void waitsNoLongerThanToTheDeadline()
    {
        FetchedModels store(m_time);
        const std::optional claim = store.claim("a", kTtl);
        TaskRunner runner;
        runner.start(store.firstOutcome("a", Clock::now() + 5ms), nullptr);
        QVERIFY(runner.isRunning());
        QTRY_VERIFY(!runner.isRunning());
    }

    void forgetsWhoWentWhileWaiting()
    {
        FetchedModels store(m_time);
        std::optional claim = store.claim("a", kTtl);
        {
            TaskRunner early;
            early.start(store.firstOutcome("a", kNever), nullptr);
        }
        TaskRunner late;
        late.start(store.firstOutcome("a", kNever), [](std::exception_ptr) { QFAIL("it was cancelled"); });
        late.cancel();
        claim->succeed({}); // queues its wake-up behind the cancellation
        QTRY_VERIFY(!late.isRunning());
        QCoreApplication::processEvents();
    }

private:
    TimePoint m_now;
    FetchedModels::TimeSource m_time = [this] { return m_now; };
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::FetchedModelsTest)
#include "tst_fetched_models.moc"
