// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/known_key.h"

#include "tests/unit/config/config_reading.h"
#include "tests/support/fake_keychain.h"

#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;

/// `${keychain:NAME}` in a configuration.
class KeychainSecretsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void standWhereverAValueStands()
    {
        FakeKeychain keychain({{"open-ai", "sk-canary-1"}, {"gate.key", "sk-canary-2"}, {"team", "sk-canary-3"}});
        const ConfigReading reading = readWith(&keychain, R"(
providers:
  openai: {api_key: "${keychain:open-ai}", headers: {x-team: "a ${keychain:team} b"}}
routing: {routes: [{name: r, targets: [{provider: openai}]}]}
security: {api_key: {keys: [{value: "${keychain:gate.key}"}]}}
)");
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->providers.front().apiKey.reveal(), "sk-canary-1");
        QCOMPARE(reading.config->providers.front().headers.at("x-team"), "a sk-canary-3 b");
        QCOMPARE(reading.config->security.keys.front().value.reveal(), "sk-canary-2");
        // Wherever they stand, they are kept out of logs.
        QByteArrayList secrets;
        for (const SecretString &secret : reading.config->keychainSecrets)
            secrets.append(secret.reveal());
        std::ranges::sort(secrets);
        QCOMPARE(secrets, (QByteArrayList{"sk-canary-1", "sk-canary-2", "sk-canary-3"}));
    }

    void missingOnesAreErrorsWithTheirPlace()
    {
        FakeKeychain keychain({});
        const ConfigReading reading =
            readWith(&keychain, kMinimum + "security: {api_key: {keys: [{value: '${keychain:gate}'}]}}");
        QVERIFY(!reading.config);
        QVERIFY2(textOf(reading.problems).startsWith("c.yaml:3:37: security.api_key.keys[0].value: no secret 'gate'"),
                 textOf(reading.problems).constData());
    }

    void withoutAKeychainItSaysSo()
    {
        const ConfigReading reading =
            readWith(nullptr, kMinimum + "security: {api_key: {keys: [{value: '${keychain:gate}'}]}}");
        QVERIFY(!reading.config);
        QVERIFY(textOf(reading.problems).contains("there is no keychain to take 'gate' from"));
    }

    void nobodyAsksForWhatIsNotThere()
    {
        FakeKeychain keychain({{"a", "sk-canary-1"}});
        QVERIFY(readWith(&keychain, kMinimum).config);
        QCOMPARE(keychain.reads, 0);
        knownConfigKeys();
        QCOMPARE(keychain.reads, 0);
    }

    void secretsAreNotShownInProblems()
    {
        FakeKeychain keychain({{"port", "sk-canary-1"}});
        const ConfigReading reading = readWith(&keychain, kMinimum + "server: {port: '${keychain:port}'}");
        QVERIFY(!reading.config);
        QVERIFY(!textOf(reading.problems).contains("canary"));
    }

private:
    static ConfigReading readWith(Keychain *keychain, const QByteArray &text)
    {
        Environment environment;
        environment.setKeychain(keychain);
        return readConfigText(text, "c.yaml", environment);
    }
};

QTEST_GUILESS_MAIN(KeychainSecretsTest)
#include "tst_keychain_secrets.moc"
