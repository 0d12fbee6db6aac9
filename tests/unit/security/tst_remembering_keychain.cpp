// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/remembering_keychain.h"

#include "tests/support/fake_keychain.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

class RememberingKeychainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksOnceForEachName()
    {
        test::FakeKeychain inner({{"a", "secret"}, {"b", "other"}});
        RememberingKeychain keychain(inner);
        for (int times = 0; times < 3; ++times) {
            QCOMPARE(keychain.read("a", {})->reveal(), "secret");
            QCOMPARE(keychain.read("b", {})->reveal(), "other");
        }
        QCOMPARE(inner.reads.load(), 2);
    }

    void asksAgainForWhatIsMissing()
    {
        test::FakeKeychain inner;
        RememberingKeychain keychain(inner);
        QCOMPARE(keychain.read("a", {}).error().reason, "keychain_entry_missing");
        QVERIFY(inner.write("a", SecretString("secret"), {}));
        QCOMPARE(keychain.read("a", {})->reveal(), "secret");
    }

    void doesNotAskWhoeverRefusedAgainAtOnce()
    {
        test::FakeKeychain inner({{"a", "secret"}});
        RememberingKeychain keychain(inner);
        inner.failWith("keychain_locked");
        QVERIFY(!keychain.read("a", {}));
        inner.failWith({});
        QCOMPARE(keychain.read("a", {}).error().reason, "keychain_locked");
        QCOMPARE(inner.reads.load(), 1);
    }

    void forgetsFailuresSooner()
    {
        test::FakeKeychain inner({{"a", "secret"}});
        RememberingKeychain keychain(inner, 1min, 0ms);
        inner.failWith("keychain_locked");
        QVERIFY(!keychain.read("a", {}));
        inner.failWith({});
        QVERIFY(keychain.read("a", {}));
        QVERIFY(keychain.read("a", {}));
        QCOMPARE(inner.reads.load(), 2);
    }

    void forgetsInTime()
    {
        test::FakeKeychain inner({{"a", "secret"}});
        RememberingKeychain keychain(inner, 0ms);
        QVERIFY(keychain.read("a", {}));
        QVERIFY(keychain.read("a", {}));
        QCOMPARE(inner.reads.load(), 2);
    }

    void doesNotRememberWhatWasStopped()
    {
        test::FakeKeychain inner;
        inner.failWith("keychain_locked");
        RememberingKeychain keychain(inner);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!keychain.read("a", stop.get_token()));
        QVERIFY(!keychain.read("a", {}));
        QCOMPARE(inner.reads.load(), 2);
    }
};

QTEST_APPLESS_MAIN(RememberingKeychainTest)
#include "tst_remembering_keychain.moc"
