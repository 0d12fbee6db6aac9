// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_list.h"
#include "gateway/keys/key_uses.h"

#include "tests/support/fake_keychain.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Which keys there are, who uses them, and what they are for.
class KeyListTest : public QObject
{
    Q_OBJECT

private:
    static QByteArray textOf(const std::vector<KeyRow> &rows)
    {
        static const char *const kStates[] = {"not asked", "there", "missing", "locked"};
        QByteArrayList lines;
        for (const KeyRow &row : rows)
            lines.append(row.name + '|' + row.origin + '|' + row.users.join(',') + '|' +
                         kStates[static_cast<size_t>(row.state)]);
        return lines.join('\n');
    }

    const std::vector<KeyUse> kUses = {
        {"shared", "providers.one.api_key", "one", "https://one.example/v1"},
        {"lost", "providers.two.api_key", "two", "https://two.example/v1"},
        {"shared", "providers.two.headers.x", "two", "https://two.example/v1"},
        {"shared", "routing.routes[0].targets[0].headers.x", "two", "https://two.example/v1"},
        {"gate", "security.api_key.keys[0].value", "", ""}};

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void withoutAskingThereIsWhatTheConfigurationSays()
    {
        QCOMPARE(textOf(rowsOf(kUses)), "gate||security.api_key.keys[0].value|not asked\n"
                                        "lost||two|not asked\n"
                                        "shared||one,two|not asked");
    }

    void bothSidesAreJoined()
    {
        FakeKeychain keychain({{"gate", "plain"}});
        KeyStore store(keychain, {});
        QVERIFY(store.set("shared", {.secret = SecretString("s"), .origin = "https://one.example"}));
        QVERIFY(store.set("unused", {.secret = SecretString("s"), .origin = "https://three.example"}));
        QVERIFY(store.set("taken", {.secret = SecretString("s"), .origin = "https://four.example"}));
        QVERIFY(keychain.remove("taken", {}));
        const KeyList list = listKeys(store, kUses);
        QVERIFY(!list.problem);
        QCOMPARE(textOf(list.rows), "gate||security.api_key.keys[0].value|there\n"
                                    "lost||two|missing\n"
                                    "shared|https://one.example|one,two|there\n"
                                    "taken|https://four.example||missing\n"
                                    "unused|https://three.example||there");
    }

    void whatStandsWithTheSecretCounts()
    {
        FakeKeychain keychain;
        KeyStore store(keychain, {});
        QVERIFY(store.set("a", {.secret = SecretString("s"), .origin = "https://one.example"}));
        const KeychainEntry other{.secret = SecretString("s"), .origin = "https://other.example"};
        QVERIFY(keychain.write("a", toKeychainText(other), {}));
        QCOMPARE(textOf(listKeys(store, {}).rows), "a|https://other.example||there");
    }

    void aClosedKeychainIsAskedOnce_data()
    {
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArray>("state");
        QTest::newRow("locked") << QByteArray("keychain_locked") << QByteArray("locked");
        QTest::newRow("absent") << QByteArray("keychain_unavailable") << QByteArray("not asked");
    }

    void aClosedKeychainIsAskedOnce()
    {
        QFETCH(const QByteArray, reason);
        QFETCH(const QByteArray, state);
        FakeKeychain keychain;
        keychain.failWith(reason);
        KeyStore store(keychain, {});
        const KeyList list = listKeys(store, kUses);
        QVERIFY(list.problem);
        QCOMPARE(list.problem->reason, reason);
        QCOMPARE(keychain.reads, 1);
        QCOMPARE(list.rows.size(), 3U);
        QCOMPARE(textOf(list.rows).count('|' + state), 3);
    }

    void aFileTellsItsKeysWithoutAKeychain()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("c.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("providers: {p: {type: nonsense, base_url: 'https://one.example', api_key: '${keychain:a}'}}\n"
                   "server: {port: '${keychain:b}'}\n");
        file.close();
        QCOMPARE(textOf(rowsOf(keyUsesOfFile(file.fileName()))), "a||p|not asked\nb||server.port|not asked");
        QVERIFY(keyUsesOfFile(folder.filePath(QStringLiteral("none.yaml"))).empty());
    }

    void aNewKeyIsForWhoUsesIt()
    {
        QCOMPARE(originForKey("lost", kUses), "https://two.example");
        QCOMPARE(originForKey("gate", kUses), QByteArray());
        QCOMPARE(originForKey("shared", kUses).error().reason, "several_origins");
        QVERIFY(originForKey("shared", kUses).error().message.contains("https://one.example, https://two.example"));
        // Or for the service of that name.
        QCOMPARE(originForKey("groq", kUses), "https://api.groq.com");
        QCOMPARE(originForKey("something", kUses), QByteArray());
    }
};

QTEST_GUILESS_MAIN(KeyListTest)
#include "tst_key_list.moc"
