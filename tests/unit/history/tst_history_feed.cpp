// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_feed.h"
#include "tests/unit/history/history_records.h"

using namespace lunargate;
using namespace lunargate::test;

/// Those that listen to requests as they end.
class HistoryFeedTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyListenerIsTold()
    {
        HistoryFeed feed;
        const auto early = feed.listen();
        const SharedHistoryRecord record = shared(numbered(1));
        record->messages = messagesWith(HistoryPart::ClientRequest, {.body = "secret"});
        feed.tell({&record, 1});
        QVERIFY(record->messages); // others have it, too
        const auto late = feed.listen();
        const HistoryListener::Batch batch = early->take();
        QCOMPARE(batch.records.size(), 1u);
        QCOMPARE(batch.records[0]->id, QByteArray("id-1"));
        QVERIFY(!batch.records[0]->messages);
        QCOMPARE(batch.lost, 0);
        QVERIFY(early->take().records.empty());
        QVERIFY(late->take().records.empty());
    }

    // Whoever does not take what comes loses the oldest, and is told how many.
    void aSlowListenerLosesTheOldest()
    {
        HistoryFeed feed;
        const auto listener = feed.listen();
        for (int i = 0; i < int(HistoryFeed::kMostWaiting) + 44; ++i) {
            const SharedHistoryRecord record = shared(numbered(i));
            feed.tell({&record, 1});
        }
        const HistoryListener::Batch batch = listener->take();
        QCOMPARE(std::ssize(batch.records), HistoryFeed::kMostWaiting + 1);
        QCOMPARE(batch.records.front()->id, QByteArray("id-43"));
        QCOMPARE(batch.lost, 43);
        QCOMPARE(listener->take().lost, 0);
    }

    // What comes at once is not the listener's fault.
    void aBurstIsNotLost()
    {
        HistoryFeed feed;
        const auto listener = feed.listen();
        std::vector<SharedHistoryRecord> burst;
        for (int i = 0; i < 10 * int(HistoryFeed::kMostWaiting); ++i)
            burst.push_back(shared(numbered(i)));
        feed.tell(burst);
        const HistoryListener::Batch batch = listener->take();
        QCOMPARE(batch.records.size(), burst.size());
        QCOMPARE(batch.lost, 0);
    }

    void thereAreOnlySoMany()
    {
        HistoryFeed feed;
        std::vector<std::unique_ptr<HistoryListener>> listeners(HistoryFeed::kMostListeners);
        for (auto &listener : listeners)
            QVERIFY(listener = feed.listen());
        QVERIFY(!feed.listen());
        listeners.pop_back();
        QVERIFY(feed.listen());
    }

    void closingIsTheLastNews()
    {
        HistoryFeed feed;
        const auto listener = feed.listen();
        QVERIFY(!listener->take().isLast);
        feed.close();
        QVERIFY(listener->take().isLast);
        QVERIFY(!feed.listen());
    }
};

QTEST_GUILESS_MAIN(HistoryFeedTest)
#include "tst_history_feed.moc"
