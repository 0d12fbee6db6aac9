// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/key_ring.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds kNow{1'800'000'000s};

// printf %s hashed-key | sha256sum
const QByteArray kHash = QByteArray::fromHex("a4ae87b73fa5645e6aee415a6f72be4dcbd99d057a7b40cb1b867c181d179260");

Config threeKeys()
{
    Config config;
    config.providers = {{.id = "openai"}, {.id = "groq"}};
    SecurityConfig &security = config.security;
    security.enabled = true;
    security.provider = AuthProvider::ApiKey;
    security.keys = {
        {.name = "app", .value = SecretString("plain-key"), .models = {"openai/*"}},
        {.name = "boss", .sha256 = kHash, .isAdmin = true},
        {.name = "old", .value = SecretString("old-key"), .expires = kNow},
    };
    return config;
}

QByteArray reasonOf(const Result<KnownCaller> &caller)
{
    return caller ? QByteArray() : caller.error().reason;
}

} // namespace

class KeyRingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsWhoseKeyItIs()
    {
        const KeyRing keys(threeKeys());
        const Result<KnownCaller> app = keys.find("plain-key", kNow);
        QVERIFY(app);
        QCOMPARE(app->name, "app");
        QVERIFY(!app->rights->isAdmin);
        QVERIFY(app->rights->allowsModel("openai", "gpt-4o"));
        QVERIFY(!app->rights->allowsModel("groq", "llama"));
        QVERIFY(!app->rights->allowsModel("groq", "openai/gpt-oss"));
        const Result<KnownCaller> boss = keys.find("hashed-key", kNow);
        QVERIFY(boss);
        QCOMPARE(boss->name, "boss");
        QVERIFY(boss->rights->isAdmin);
        QVERIFY(keys.hasAdmin());
    }

    void refusesEverythingElse_data()
    {
        QTest::addColumn<QByteArray>("candidate");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("part") << QByteArray("plain-ke");
        QTest::newRow("more") << QByteArray("plain-keyy");
        QTest::newRow("other case") << QByteArray("Plain-key");
        QTest::newRow("the hash itself") << kHash;
        QTest::newRow("the hash's digits") << kHash.toHex();
        QTest::newRow("as in the file") << "sha256:" + kHash.toHex();
    }
    void refusesEverythingElse()
    {
        QFETCH(QByteArray, candidate);
        const Result<KnownCaller> caller = KeyRing(threeKeys()).find(candidate, kNow);
        QCOMPARE(reasonOf(caller), "invalid_api_key");
        QCOMPARE(httpStatus(caller.error()), 401);
    }

    void anExpiredKeyIsRefusedFromItsTimeOn()
    {
        const KeyRing keys(threeKeys());
        QVERIFY(keys.find("old-key", kNow - 1s));
        QCOMPARE(reasonOf(keys.find("old-key", kNow)), "expired_api_key");
        QCOMPARE(httpStatus(keys.find("old-key", kNow).error()), 401);
        QVERIFY(!keys.find("old-key", kNow).error().message.contains("old-key"));
    }

    void emptyKeysLetNobodyIn()
    {
        Config config = threeKeys();
        // printf %s "" | sha256sum
        config.security.keys = {
            {.name = "empty"},
            {.name = "hash of nothing",
             .sha256 = QByteArray::fromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")}};
        QCOMPARE(reasonOf(KeyRing(config).find("", kNow)), "invalid_api_key");
    }

    void keysCountOnlyWhereTheyAreAskedFor()
    {
        Config config = threeKeys();
        config.security.provider = AuthProvider::Jwt;
        QVERIFY(!KeyRing(config).find("plain-key", kNow));
        config.security.provider = AuthProvider::ApiKey;
        config.security.enabled = false;
        QVERIFY(!KeyRing(config).find("plain-key", kNow));
    }
};

QTEST_GUILESS_MAIN(KeyRingTest)
#include "tst_key_ring.moc"
