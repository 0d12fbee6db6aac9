// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/responses/response_store.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

namespace {

const QByteArray kMine = "key:mine";
const QByteArray kTheirs = "key:theirs";

SharedResponse response(const QByteArray &id, const QByteArray &object = "{}")
{
    return std::make_shared<const StoredResponse>(
        StoredResponse{.id = id, .object = object, .inputItems = "[]", .outputItems = "[]", .providerId = {}});
}

// As one that its provider keeps, too.
SharedResponse nativeResponse(const QByteArray &id, const QByteArray &itemId)
{
    return std::make_shared<const StoredResponse>(StoredResponse{.id = id,
                                                                 .object = "{}",
                                                                 .inputItems = R"([{"id":"msg_in"}])",
                                                                 .outputItems = R"([{"id":")" + itemId + R"("},{}])",
                                                                 .providerId = "fake"});
}

StoredResponsesConfig limits(int entries, qint64 bytes = 1024 * 1024, milliseconds ttl = 1h)
{
    return {.maxEntries = entries, .maxBytes = bytes, .ttl = ttl};
}

} // namespace

class ResponseStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesBackWhatItsOwnerStored()
    {
        ResponseStore store(limits(10));
        store.insert(kMine, response("resp_1", R"({"id":"resp_1"})"));
        const SharedResponse found = store.find(kMine, "resp_1");
        QVERIFY(found);
        QCOMPARE(found->object, R"({"id":"resp_1"})");
        QVERIFY(!store.find(kMine, "resp_2"));
    }

    void isNotThereForOthers()
    {
        ResponseStore store(limits(10));
        store.insert(kMine, response("resp_1"));
        QVERIFY(!store.find(kTheirs, "resp_1"));
        QVERIFY(!store.erase(kTheirs, "resp_1"));
        QVERIFY(store.isOnlyOthers(kTheirs, "resp_1"));
        QVERIFY(!store.isOnlyOthers(kMine, "resp_1"));
        QVERIFY(!store.isOnlyOthers(kMine, "resp_2"));
        QVERIFY(store.find(kMine, "resp_1"));
    }

    void ownersAreForgottenAsAWhole()
    {
        ResponseStore store(limits(10));
        for (const char *id : {"resp_1", "resp_2"}) {
            store.insert(kMine, response(id));
            store.insert(kTheirs, response(id));
        }
        store.eraseOwner(kMine);
        QVERIFY(!store.find(kMine, "resp_1"));
        QVERIFY(!store.find(kMine, "resp_2"));
        QVERIFY(store.find(kTheirs, "resp_1"));
        QVERIFY(store.find(kTheirs, "resp_2"));
        store.eraseOwner(kTheirs);
        QCOMPARE(store.contents().entries, 0);
        QCOMPARE(store.contents().bytes, 0);
    }

    // Providers that give ids of their own may give two clients the same one.
    void ownersMayHaveTheSameId()
    {
        ResponseStore store(limits(10));
        store.insert(kMine, response("resp_1", "mine"));
        store.insert(kTheirs, response("resp_1", "theirs"));
        QCOMPARE(store.find(kMine, "resp_1")->object, "mine");
        QCOMPARE(store.find(kTheirs, "resp_1")->object, "theirs");
        QVERIFY(store.erase(kMine, "resp_1"));
        QVERIFY(!store.find(kMine, "resp_1"));
        QCOMPARE(store.find(kTheirs, "resp_1")->object, "theirs");
    }

    void itemsOfProvidersLeadToTheirResponse()
    {
        ResponseStore store(limits(10));
        store.insert(kMine, nativeResponse("resp_1", "rs_1"));
        store.insert(kMine, response("resp_2"));
        const SharedResponse found = store.findByItem(kMine, "rs_1");
        QVERIFY(found);
        QCOMPARE(found->id, "resp_1");
        QVERIFY(!store.findByItem(kMine, "rs_2"));
        QVERIFY(!store.findByItem(kMine, "msg_in"));
        QVERIFY(!store.findByItem(kTheirs, "rs_1"));
        QVERIFY(store.isOnlyOthersItem(kTheirs, "rs_1"));
        QVERIFY(!store.isOnlyOthersItem(kMine, "rs_1"));
        QVERIFY(!store.isOnlyOthersItem(kMine, "rs_2"));
    }

    void itemsGoWithTheirResponse()
    {
        TimePoint now = Clock::now();
        ResponseStore store(limits(2, 1024 * 1024, 10min), [&now] { return now; });
        store.insert(kMine, nativeResponse("resp_1", "rs_1"));
        store.insert(kMine, nativeResponse("resp_1", "rs_2"));
        QVERIFY(!store.findByItem(kMine, "rs_1"));
        QVERIFY(store.findByItem(kMine, "rs_2"));
        QVERIFY(store.erase(kMine, "resp_1"));
        QVERIFY(!store.findByItem(kMine, "rs_2"));
        QVERIFY(!store.isOnlyOthersItem(kTheirs, "rs_2"));

        store.insert(kMine, nativeResponse("resp_3", "rs_3"));
        now += 10min;
        QVERIFY(!store.findByItem(kMine, "rs_3"));
        QCOMPARE(store.contents().entries, 0);
        QCOMPARE(store.contents().bytes, 0);
    }

    // As long as it is used it is not the one that goes first.
    void aResponseIsUsedByItsItems()
    {
        ResponseStore store(limits(2));
        store.insert(kMine, nativeResponse("resp_1", "rs_1"));
        store.insert(kMine, nativeResponse("resp_2", "rs_2"));
        QVERIFY(store.findByItem(kMine, "rs_1"));
        store.insert(kMine, nativeResponse("resp_3", "rs_3"));
        QVERIFY(store.findByItem(kMine, "rs_1"));
        QVERIFY(!store.findByItem(kMine, "rs_2"));
    }

    void aNewerOneTakesTheOldersPlace()
    {
        ResponseStore store(limits(10));
        store.insert(kMine, response("resp_1", "older"));
        store.insert(kMine, response("resp_1", "newer"));
        QCOMPARE(store.find(kMine, "resp_1")->object, "newer");
        QCOMPARE(store.contents().entries, 1);
    }

    void theLeastRecentlyUsedGoesFirst()
    {
        ResponseStore store(limits(2));
        store.insert(kMine, response("resp_1"));
        store.insert(kMine, response("resp_2"));
        QVERIFY(store.find(kMine, "resp_1"));
        store.insert(kTheirs, response("resp_3"));
        QVERIFY(store.find(kMine, "resp_1"));
        QVERIFY(!store.find(kMine, "resp_2"));
        QVERIFY(store.find(kTheirs, "resp_3"));
    }

    void holdsNoMoreBytesThanItMay()
    {
        const QByteArray kilobytes(4096, 'x');
        const qint64 one = 4096 + ResponseStore::kEntryOverhead;
        ResponseStore store(limits(100, 3 * one));
        for (int i = 0; i < 10; ++i)
            store.insert(kMine, response("resp_" + QByteArray::number(i), kilobytes));
        QVERIFY(store.contents().bytes <= 3 * one);
        QCOMPARE(store.contents().entries, 2); // with ids and owner a little more than two thirds
        QVERIFY(store.find(kMine, "resp_9"));
        QVERIFY(store.find(kMine, "resp_8"));
    }

    void whatIsTooLargePushesOutNothing()
    {
        ResponseStore store(limits(100, 4096));
        store.insert(kMine, response("resp_1"));
        store.insert(kMine, response("resp_2", QByteArray(8192, 'x')));
        QVERIFY(store.find(kMine, "resp_1"));
        QVERIFY(!store.find(kMine, "resp_2"));
    }

    // Or else the older one would answer for a response that it is not.
    void whatIsTooLargeStillReplacesItsOlderOne()
    {
        ResponseStore store(limits(100, 4096));
        store.insert(kMine, response("resp_1"));
        store.insert(kMine, response("resp_1", QByteArray(8192, 'x')));
        QVERIFY(!store.find(kMine, "resp_1"));
        QCOMPARE(store.contents().bytes, 0);
    }

    void forgetsWhatIsTooOld()
    {
        TimePoint now = Clock::now();
        ResponseStore store(limits(10, 1024 * 1024, 10min), [&now] { return now; });
        store.insert(kMine, response("resp_1"));
        now += 10min - 1ms;
        QVERIFY(store.find(kMine, "resp_1")); // which does not make it younger
        now += 1ms;
        QVERIFY(!store.find(kMine, "resp_1"));
        QCOMPARE(store.contents().entries, 0);
    }

    void whatNobodyAsksForGoesWithTheNext()
    {
        TimePoint now = Clock::now();
        ResponseStore store(limits(10, 1024 * 1024, 10min), [&now] { return now; });
        store.insert(kMine, response("resp_1"));
        store.insert(kMine, response("resp_2"));
        now += 11min;
        QVERIFY(!store.erase(kMine, "resp_2"));
        store.insert(kMine, response("resp_3"));
        QCOMPARE(store.contents().entries, 1);
    }

    // Its provider keeps it for longer, and must not give it to somebody else.
    void whatAProviderKeepsStaysItsOwners()
    {
        TimePoint now = Clock::now();
        ResponseStore store(limits(1, 4096, 10min), [&now] { return now; });
        const auto isMine = [&store](const QByteArray &id, const QByteArray &item) {
            return store.isOnlyOthers(kTheirs, id) && store.isOnlyOthersItem(kTheirs, item) &&
                   !store.isOnlyOthers(kMine, id) && !store.isOnlyOthersItem(kMine, item);
        };
        store.insert(kMine, nativeResponse("resp_1", "rs_1"));
        store.insert(kMine, nativeResponse("resp_2", "rs_2")); // pushes the first one out
        QVERIFY(!store.find(kMine, "resp_1"));
        QVERIFY(isMine("resp_1", "rs_1"));
        now += 10min;
        QVERIFY(!store.find(kMine, "resp_2"));
        QVERIFY(isMine("resp_2", "rs_2"));
        StoredResponse large = *nativeResponse("resp_3", "rs_3");
        large.object = QByteArray(8192, 'x');
        store.insert(kMine, std::make_shared<const StoredResponse>(large));
        QVERIFY(!store.find(kMine, "resp_3"));
        QVERIFY(isMine("resp_3", "rs_3"));
        store.insert(kMine, nativeResponse("resp_4", "rs_4"));
        store.apply(limits(0));
        QVERIFY(isMine("resp_4", "rs_4"));
    }

    void nobodyOwnsWhatNoProviderKeeps()
    {
        ResponseStore store(limits(1));
        store.insert(kMine, response("resp_1"));
        store.insert(kMine, nativeResponse("resp_2", "rs_2"));
        QVERIFY(!store.isOnlyOthers(kTheirs, "resp_1"));
        QVERIFY(store.erase(kMine, "resp_2")); // there, too
        QVERIFY(!store.isOnlyOthers(kTheirs, "resp_2"));
        QVERIFY(!store.isOnlyOthersItem(kTheirs, "rs_2"));
    }

    void replacesOnlyWhatIsStillThere()
    {
        ResponseStore store(limits(10));
        store.insert(kMine, response("resp_1", "running"));
        const SharedResponse known = store.find(kMine, "resp_1");
        store.replace(kMine, known, response("resp_1", "completed"));
        QCOMPARE(store.find(kMine, "resp_1")->object, "completed");
        store.replace(kMine, known, response("resp_1", "older news"));
        QCOMPARE(store.find(kMine, "resp_1")->object, "completed");
        const SharedResponse last = store.find(kMine, "resp_1");
        QVERIFY(store.erase(kMine, "resp_1"));
        store.replace(kMine, last, response("resp_1", "deleted meanwhile"));
        QVERIFY(!store.find(kMine, "resp_1"));
    }

    void countsWhatGoesByWhyItDoes()
    {
        TimePoint now = Clock::now();
        const qint64 one = 4096 + ResponseStore::kEntryOverhead;
        ResponseStore store(limits(3, 3 * one, 10min), [&now] { return now; });
        for (int i = 0; i < 5; ++i)
            store.insert(kMine, response("resp_" + QByteArray::number(i)));
        QCOMPARE(store.contents().displaced, 2);
        store.insert(kMine, response("resp_2", QByteArray(4096, 'x'))); // a newer one of the same id is no eviction
        QVERIFY(store.erase(kMine, "resp_3"));
        QCOMPARE(store.contents().displaced, 2);
        QCOMPARE(store.contents().displacedBytes, 0);
        store.insert(kMine, response("resp_6", QByteArray(8192, 'x')));
        QCOMPARE(store.contents().displaced, 2);
        QCOMPARE(store.contents().displacedBytes, 1);
        QCOMPARE(store.contents().expired, 0);
        now += 10min;
        QVERIFY(!store.find(kMine, "resp_6"));
        QCOMPARE(store.contents().expired, 1);
        store.insert(kMine, response("resp_7"));
        QCOMPARE(store.contents().expired, 2);
        QCOMPARE(store.contents().entries, 1);
    }

    void newLimitsApplyAtOnceAndKeepTheRest()
    {
        ResponseStore store(limits(10));
        for (int i = 0; i < 5; ++i)
            store.insert(kMine, response("resp_" + QByteArray::number(i)));
        store.apply(limits(2));
        QCOMPARE(store.contents().entries, 2);
        QVERIFY(store.find(kMine, "resp_4"));
        store.apply(limits(0));
        QCOMPARE(store.contents().entries, 0);
        QCOMPARE(store.contents().bytes, 0);
        store.insert(kMine, response("resp_5"));
        QVERIFY(!store.find(kMine, "resp_5"));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponseStoreTest)
#include "tst_response_store.moc"
