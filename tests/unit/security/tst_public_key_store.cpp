// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/public_key_store.h"

#include "gateway/security/public_key_stores.h"
#include "tests/unit/async/run_task.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

using Origin = PublicKeyStore::Origin;

PublicKeys keys(const QByteArray &id)
{
    // The public key of RFC 8037, appendix A.2.
    Result<PublicKeys> read = PublicKeys::read("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + id +
                                               "\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}");
    return read ? *std::move(read) : PublicKeys();
}

Task<bool> endOf(PublicKeyStore &store, TimePoint deadline)
{
    co_await store.outcome(deadline);
    co_return true;
}

} // namespace

class PublicKeyStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_now = Clock::now();
    }

    void letsOneFetchAtATime()
    {
        PublicKeyStore store(Origin::Address, m_time);
        QVERIFY(!store.current().keys);
        std::optional claim = store.claimRefresh(10min);
        QVERIFY(claim);
        QVERIFY(!store.claimRefresh(10min) && !store.claimNewer() && store.isFetching());
        claim->succeed(keys("a"));
        QVERIFY(store.current().keys->has("a"));
    }

    void fetchesAgainWhenKeysAreOld()
    {
        PublicKeyStore store(Origin::Address, m_time);
        store.claimRefresh(10min)->succeed(keys("a"));
        const quint64 version = store.current().version;
        m_now += 10min - 1ms;
        QVERIFY(!store.claimRefresh(10min));
        m_now += 1ms;
        store.claimRefresh(10min)->succeed(keys("a"));
        QCOMPARE(store.current().version, version); // they are the same
        m_now += 10min;
        store.claimRefresh(10min)->succeed(keys("b"));
        QCOMPARE_NE(store.current().version, version);
        QVERIFY(store.current().keys->has("b") && !store.current().keys->has("a"));
    }

    void unknownKeysAreLookedForNowAndThen()
    {
        PublicKeyStore store(Origin::Address, m_time);
        store.claimRefresh(10min)->succeed(keys("a"));
        QVERIFY(!store.claimNewer() && !store.isFetching());
        m_now += 10s;
        store.claimNewer()->succeed(keys("a"));
        QVERIFY(!store.claimNewer());
    }

    void keysStayForADayIfTheyCannotBeFetched()
    {
        PublicKeyStore store(Origin::Address, m_time);
        store.claimRefresh(10min)->succeed(keys("a"));
        m_now += 23h;
        store.claimRefresh(10min)->fail();
        QVERIFY(store.current().keys);
        QVERIFY(!store.claimRefresh(10min)); // not at once
        m_now += 10s;
        QVERIFY(store.claimRefresh(10min)); // it was given up: as good as a failure
        m_now += 1h;
        QVERIFY(!store.current().keys);
        store.claimRefresh(10min)->succeed(keys("a"));
        QVERIFY(store.current().keys);
    }

    void markedOldTheyAreTrustedUntilOthersCome_data()
    {
        QTest::addColumn<bool>("isFile");
        QTest::newRow("address") << false;
        QTest::newRow("file") << true;
    }
    void markedOldTheyAreTrustedUntilOthersCome()
    {
        QFETCH(bool, isFile);
        PublicKeyStore store(isFile ? Origin::File : Origin::Address, m_time);
        store.claimRefresh(10min)->succeed(keys("a"));
        store.markOld();
        QVERIFY(store.current().keys->has("a"));
        store.claimRefresh(10min)->succeed(keys("b")); // without a pause
        QVERIFY(store.current().keys->has("b") && !store.current().keys->has("a"));
        QVERIFY(!store.claimRefresh(10min));
        store.markOld();
        store.claimRefresh(10min)->fail();
        QCOMPARE(!store.current().keys, isFile);
        QVERIFY(!store.claimRefresh(10min));
        m_now += 10s;
        QVERIFY(store.claimRefresh(10min)); // until one succeeds
    }

    // Whoever waits for it has a token that is right, and what is withdrawn goes with the next one.
    void whatWasBeingFetchedWhenTheyWereMarkedIsFetchedAgain()
    {
        PublicKeyStore store(Origin::Address, m_time);
        std::optional claim = store.claimRefresh(10min);
        store.markOld();
        claim->succeed(keys("a"));
        QVERIFY(store.current().keys->has("a"));
        store.claimRefresh(10min)->succeed(keys("b"));
        QVERIFY(store.current().keys->has("b"));
        QVERIFY(!store.claimRefresh(10min));
    }

    void aChangedFileIsReadAgain()
    {
        PublicKeyStore store(Origin::File, m_time);
        store.noteStamp("1");
        store.claimRefresh(10min)->succeed(keys("a"));
        store.noteStamp("1");
        QVERIFY(store.current().keys && !store.claimRefresh(10min));
        store.noteStamp("2");
        store.claimRefresh(10min)->fail();
        QVERIFY(!store.current().keys);
    }

    void aFileIsLookedAtOnceInASecond()
    {
        PublicKeyStore store(Origin::File, m_time);
        QVERIFY(store.claimStamp());
        m_now += 999ms;
        QVERIFY(!store.claimStamp());
        m_now += 1ms;
        QVERIFY(store.claimStamp());
    }

    void whoeverWaitsLearnsTheOutcome()
    {
        PublicKeyStore store;
        QVERIFY(test::runTask(endOf(store, kNever)).has_value()); // nobody fetches
        std::optional claim = store.claimRefresh(10min);
        QTimer::singleShot(10ms, this, [&] { claim->succeed(keys("a")); });
        QVERIFY(test::runTask(endOf(store, kNever)).has_value());
        QVERIFY(store.current().keys);
    }

    void nobodyWaitsForEver()
    {
        PublicKeyStore store;
        const std::optional claim = store.claimRefresh(10min);
        QVERIFY(test::runTask(endOf(store, Clock::now() + 10ms)).has_value());
    }

    void aConfigurationWithTheSamePlaceHasTheKeysAtOnce()
    {
        PublicKeyStores stores;
        SecurityConfig::Jwt first;
        first.jwksUrl = "https://a.test/k";
        stores.of(first)->claimRefresh(10min)->succeed(keys("a"));
        SecurityConfig::Jwt second = first;
        second.audience = {"x"};
        QVERIFY(stores.of(second)->current().keys);
        second.jwksUrl = "https://b.test/k";
        QVERIFY(!stores.of(second)->current().keys);
        second.jwksUrl.clear();
        second.jwksFile = "https://a.test/k";
        QVERIFY(!stores.of(second)->current().keys);
        for (const char *other : {"1", "2", "3", "4"}) { // the last few only
            second.jwksFile = other;
            stores.of(second);
        }
        QVERIFY(!stores.of(first)->current().keys);
    }

private:
    TimePoint m_now;
    PublicKeyStore::TimeSource m_time = [this] { return m_now; };
};

QTEST_GUILESS_MAIN(PublicKeyStoreTest)
#include "tst_public_key_store.moc"
