// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_store.h"
#include "gateway/security/secret_service.h"
#include "gateway/security/system_keychain.h"

#include "tests/integration/secret_service.h"
#include "tests/support/gateway_process.h"

#include <QDBusError>
#include <QFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// The keychain of a real desktop: gnome-keyring, by way of the library and of the program.
class SecretServiceTest : public QObject
{
    Q_OBJECT

private:
    static ProgramResult keys(std::vector<QByteArray> arguments, const QByteArray &input = {})
    {
        arguments.insert(arguments.begin(), "keys");
        return runProgram(arguments, {}, kPatience, input);
    }

    QByteArray write(const QByteArray &yaml)
    {
        QFile file(m_folder.filePath(QStringLiteral("config.yaml")));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(yaml) != yaml.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName().toUtf8();
    }

    static QByteArray config(const QByteArray &baseUrl)
    {
        return "providers:\n  p: {type: openai, api_key: '${keychain:p-key}', base_url: '" + baseUrl +
               "'}\nrouting: {routes: [{name: r, targets: [{provider: p}]}]}\n";
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString problem = m_service.start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }

    void cleanupTestCase() { QVERIFY(SystemKeychain::instance().stop()); }

    void keysAreWrittenReadListedAndRemoved()
    {
        KeyStore store(systemKeychain(), {});
        QCOMPARE(store.read("one").error().reason, "keychain_entry_missing");
        QVERIFY(store.set("one", {.secret = SecretString("sk-canary-1"), .origin = "https://one.example"}));
        QVERIFY(store.set("two", {.secret = SecretString("sk-canary-2 ü"), .origin = {}}));
        const Result<KeychainEntry> one = store.read("one");
        QVERIFY2(one, one ? "" : one.error().message.constData());
        QCOMPARE(one->secret.reveal(), "sk-canary-1");
        QCOMPARE(one->origin, "https://one.example");
        QCOMPARE(store.read("two")->secret.reveal(), "sk-canary-2 ü");
        const Result<std::vector<KeyName>> names = store.names();
        QVERIFY(names);
        QCOMPARE(names->size(), 2U);
        QCOMPARE(names->front().name, "one");
        QVERIFY(store.remove("one"));
        QCOMPARE(store.read("one").error().reason, "keychain_entry_missing");
        QCOMPARE(store.remove("one").error().reason, "keychain_entry_missing");
        QVERIFY(store.remove("two"));
        QCOMPARE(store.names()->size(), 0U);
    }

    void theProgramDoesTheSame()
    {
        const QByteArray file = write(config("https://p.example/v1"));
        ProgramResult result = keys({"list", "--config", file});
        QVERIFY2(result.exitCode == 0 && result.out.contains("missing"), (result.out + result.error).constData());
        result = keys({"set", "p-key", "--config", file}, "sk-canary-3\n");
        QVERIFY2(result.exitCode == 0, result.error.constData());
        QVERIFY2(result.out.contains("sent to https://p.example and nowhere else"), result.out.constData());
        QVERIFY2(result.out.contains("${keychain:p-key}"), result.out.constData());
        QCOMPARE(KeyStore(systemKeychain(), {}).read("p-key")->secret.reveal(), "sk-canary-3");
        result = keys({"list", "--config", file});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.out.contains("p-key  https://p.example  p        there"), result.out.constData());
        QVERIFY(!result.out.contains("canary") && !result.error.contains("canary"));
        QCOMPARE(runProgram({"check", file}).exitCode, 0);

        // Another address does not get it, and putting another key in its place does not change that by itself.
        const QByteArray moved = write(config("https://evil.example/v1"));
        for (const QByteArray &secret : {QByteArray(), QByteArray("sk-canary-4\n")}) {
            if (!secret.isEmpty())
                QCOMPARE(keys({"set", "p-key", "--config", moved}, secret).exitCode, 0);
            result = runProgram({"check", moved});
            QCOMPARE(result.exitCode, 2);
            QVERIFY2(result.error.contains("config.yaml:2:30: providers.p.api_key: the key 'p-key' belongs to "
                                           "https://p.example and is not sent to https://evil.example"),
                     result.error.constData());
        }
        QCOMPARE(keys({"set", "p-key", "--origin", "https://evil.example"}, "sk-canary-5\n").exitCode, 0);
        QCOMPARE(runProgram({"check", moved}).exitCode, 0);

        result = keys({"delete", "p-key", "--config", file});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.error.contains("providers.p.api_key still refers to p-key"), result.error.constData());
        QCOMPARE(keys({"delete", "p-key"}).exitCode, 1);
        QCOMPARE(runProgram({"check", file}).exitCode, 2);
    }

    void noAnswerIsNoOpenCollection()
    {
        using enum CollectionState;
        const QDBusMessage question = QDBusMessage::createMethodCall(QStringLiteral("a.b"), QStringLiteral("/"),
                                                                     QStringLiteral("a.b"), QStringLiteral("Get"));
        const auto answer = [&](const QVariant &value) {
            return collectionStateOf(question.createReply(QVariant::fromValue(QDBusVariant(value))));
        };
        QVERIFY(answer(true) == Locked);
        QVERIFY(answer(false) == Open);
        QVERIFY(answer(QStringLiteral("no")) == Unknown);
        const auto error = [](QDBusError::ErrorType type) {
            return collectionStateOf(QDBusMessage::createError(type, QString()));
        };
        QVERIFY(error(QDBusError::ServiceUnknown) == Absent);
        QVERIFY(error(QDBusError::UnknownMethod) == Absent); // gnome-keyring, as long as it has no keyring
        for (const auto type : {QDBusError::NoReply, QDBusError::TimedOut, QDBusError::Disconnected})
            QVERIFY(error(type) == Unknown);
    }

    // Last: nobody unlocks it again.
    void aLockedKeyringIsToldAsLocked()
    {
        KeyStore store(systemKeychain(), {});
        QVERIFY(store.set("one", {.secret = SecretString("sk-canary-1"), .origin = {}}));
        QVERIFY(m_service.lock());
        QCOMPARE(store.read("one").error().reason, "keychain_locked");
        QCOMPARE(store.names().error().reason, "keychain_locked");
        QCOMPARE(store.set("one", {.secret = SecretString("other"), .origin = {}}).error().reason, "keychain_locked");
        QCOMPARE(systemKeychain().remove("one", {}).error().reason, "keychain_locked");
        const ProgramResult result = keys({"list", "--config", write(config("https://p.example/v1"))});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.out.contains("locked"), result.out.constData());
        QVERIFY2(result.error.contains("the keychain is locked"), result.error.constData());
    }

private:
    SecretService m_service;
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(SecretServiceTest)
#include "tst_secret_service.moc"
