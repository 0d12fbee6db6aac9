// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_store.h"

#include "tests/support/fake_keychain.h"

#include <QByteArrayList>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

class KeyStoreTest : public QObject
{
    Q_OBJECT

private:
    static KeychainEntry entry(const QByteArray &secret, const QByteArray &origin)
    {
        return {.secret = SecretString(secret), .origin = origin};
    }

    static QByteArray textOf(const Result<std::vector<KeyName>> &names)
    {
        if (!names)
            return names.error().reason;
        QByteArrayList list;
        for (const KeyName &key : *names)
            list.append(key.name + '@' + key.origin);
        return list.join(' ');
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keysComeBackWithTheirOrigin()
    {
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QCOMPARE(textOf(store.names()), QByteArray());
        QVERIFY(store.set("open-ai", entry("sk-1", "https://api.openai.com")));
        QVERIFY(store.set("gate", entry("sk-2", "")));
        QCOMPARE(textOf(store.names()), "gate@ open-ai@https://api.openai.com");
        const Result<KeychainEntry> read = store.read("open-ai");
        QVERIFY(read);
        QCOMPARE(read->secret.reveal(), "sk-1");
        QCOMPARE(read->origin, "https://api.openai.com");
        QCOMPARE(store.read("gate")->origin, QByteArray());
    }

    void anotherKeyTakesThePlace()
    {
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", entry("sk-1", "https://one.example")));
        QVERIFY(store.set("a", entry("sk-2", "https://two.example")));
        QCOMPARE(textOf(store.names()), "a@https://two.example");
        QCOMPARE(store.read("a")->secret.reveal(), "sk-2");
    }

    void addingReplacesNothing()
    {
        FakeKeychain keychain({{"other", "sk-0"}, {"later", "lunargate-key 9 what"}});
        KeyStore store(keychain, {});
        QVERIFY(store.add("a", entry("sk-1", "https://one.example")));
        const FakeKeychain::Texts before = keychain.texts();
        QCOMPARE(store.add("a", entry("sk-2", "https://two.example")).error().reason, "keychain_entry_exists");
        QCOMPARE(store.add("other", entry("sk-2", "")).error().reason, "keychain_entry_exists"); // not in the list
        QCOMPARE(store.add("later", entry("sk-2", "")).error().reason, "keychain_entry_unknown");
        QVERIFY(keychain.texts() == before);
    }

    void theListHoldsNoSecret()
    {
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", entry("sk-canary", "https://one.example")));
        QVERIFY(!keychain.texts().at(KeyStore::kListName).contains("canary"));
    }

    void removedOnesAreGone()
    {
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", entry("sk-1", "")));
        QVERIFY(store.set("b", entry("sk-2", "")));
        QVERIFY(store.remove("a"));
        QCOMPARE(textOf(store.names()), "b@");
        QVERIFY(!keychain.texts().contains("a"));
        QCOMPARE(store.remove("a").error().reason, "keychain_entry_missing");
    }

    void theListForgetsWhatOthersRemoved()
    {
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", entry("sk-1", "")));
        QVERIFY(keychain.remove("a", {}));
        QCOMPARE(store.remove("a").error().reason, "keychain_entry_missing");
        QCOMPARE(textOf(store.names()), QByteArray());
    }

    void keysOfOtherProgramsCanBeRemoved()
    {
        FakeKeychain keychain({{"a", "sk-1"}});
        KeyStore store(keychain, {});
        QCOMPARE(store.read("a")->origin, QByteArray());
        QVERIFY(store.remove("a"));
        QVERIFY(keychain.texts().empty());
    }

    void aListThatMakesNoSenseIsLeftAlone()
    {
        FakeKeychain keychain({{KeyStore::kListName, "lunargate-names 2\na b\n"}});
        KeyStore store(keychain, {});
        const FakeKeychain::Texts before = keychain.texts();
        QCOMPARE(textOf(store.names()), "keychain_entry_unknown");
        QVERIFY(store.names().error().message.contains("delete this entry"));
        QCOMPARE(store.set("b", entry("sk-2", "")).error().reason, "keychain_entry_unknown");
        QCOMPARE(store.remove("a").error().reason, "keychain_entry_unknown");
        QVERIFY(keychain.texts() == before);
    }

    void anEmptyListHasNoNames()
    {
        FakeKeychain keychain({{KeyStore::kListName, ""}});
        QCOMPARE(textOf(KeyStore(keychain, {}).names()), QByteArray());
    }

    void whatAKeyIsBoundToIsNotGuessed()
    {
        FakeKeychain keychain({{"free", "sk-1"}, {"later", "lunargate-key 2 {}\nsk-2"}});
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", entry("sk-3", "https://one.example")));
        QCOMPARE(store.boundTo("a").value_or("none"), "https://one.example");
        QCOMPARE(store.boundTo("free").value_or("none"), QByteArray());
        QCOMPARE(store.boundTo("missing").value_or("none"), QByteArray());
        QCOMPARE(store.boundTo("later").error().reason, "keychain_entry_unknown");
        keychain.failWith("keychain_locked");
        QCOMPARE(store.boundTo("a").error().reason, "keychain_locked");
    }

    void failuresChangeNothing_data()
    {
        QTest::addColumn<QByteArray>("reason");
        for (const char *reason : {"keychain_locked", "keychain_unavailable"})
            QTest::newRow(reason) << QByteArray(reason);
    }

    void failuresChangeNothing()
    {
        QFETCH(const QByteArray, reason);
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", entry("sk-1", "")));
        const FakeKeychain::Texts before = keychain.texts();
        keychain.failWith(reason);
        QCOMPARE(textOf(store.names()), reason);
        QCOMPARE(store.set("b", entry("sk-2", "")).error().reason, reason);
        QCOMPARE(store.remove("a").error().reason, reason);
        QVERIFY(keychain.texts() == before);
    }

    void whoGivesUpNeedNotWait()
    {
        FakeKeychain keychain;
        keychain.hold();
        std::stop_source stop;
        stop.request_stop();
        KeyStore store(keychain, stop.get_token());
        QCOMPARE(store.set("b", entry("sk-2", "")).error().reason, "keychain_given_up");
    }
};

QTEST_GUILESS_MAIN(KeyStoreTest)
#include "tst_key_store.moc"
