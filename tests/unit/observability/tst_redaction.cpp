// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/redaction.h"

#include "gateway/config/config.h"

#include <QElapsedTimer>
#include <QTest>

#include <thread>

using namespace lunargate;

class tst_redaction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void replacesWhatLooksLikeAKey_data();
    void replacesWhatLooksLikeAKey();
    void replacesRegisteredSecretsEverywhere();
    void replacesOtherFormsOfRegisteredSecrets();
    void theLongerOfTwoSecretsGoesFirst();
    void ignoresShortSecrets();
    void registersEverySecretOfTheConfiguration();
    void jsonStaysJson();
    void oldSecretsAreForgottenInTheEnd();
    void mayBeUsedByManyThreads();
    void longTextsTakeTheirLengthInTime_data();
    void longTextsTakeTheirLengthInTime();
};

void tst_redaction::replacesWhatLooksLikeAKey_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");

    const auto row = [](const char *name, const char *text, const char *expected) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
    };
    row("nothing to hide", "routing request to openai", "routing request to openai");
    row("empty", "", "");
    row("bearer", "Authorization: Bearer abc.DEF-1_2~3+4/5== next", "Authorization: Bearer *** next");
    row("bearer in capitals", "BEARER abcdef", "BEARER ***");
    row("bearer with many spaces", "bearer   abcdef", "bearer   ***");
    row("bearer in quotes", R"("Bearer abcdef")", R"("Bearer ***")");
    row("bearer at the end", "expects Bearer", "expects Bearer");
    row("forbearer", "a forbearer spoke", "a forbearer spoke");
    row("OpenAI", "key sk-proj-AbC_123-xyz789 refused", "key sk-*** refused");
    row("Anthropic", "sk-ant-api03-AAAAbbbb", "sk-***");
    row("Google", "?key=AIzaSyA1234567890abcdefghijklmnopqrstuvw&alt=sse", "?key=AIza***&alt=sse");
    row("Groq", "gsk_abcdefghijklmnopqrst", "gsk_***");
    row("bearer and prefix", "Bearer sk-abcdefghijkl", "Bearer ***");
    row("bearer in mixed letters", "bEaReR abcdef BeARER abcdef", "bEaReR *** BeARER ***");
    row("a short token", "eyJ..", "***");
    row("a short token at the end", "x eyJ..", "x ***");
    row("starts only", "b e s A g x p h", "b e s A g x p h");
    row("one letter", "s", "s");
    row("other letters behind", "sK-abcdefgh12345 eYJ.. aIza", "sK-abcdefgh12345 eYJ.. aIza");
    row("xAI", "xai-abcdefghijklmnopqrst", "xai-***");
    row("Perplexity", "pplx-abcdefghijklmnopqrst", "pplx-***");
    row("Hugging Face", "hf_abcdefghijklmnopqrstuvwxyzABCDEF", "hf_***");
    row("two keys", "sk-aaaaaaaaaa,sk-bbbbbbbbbb", "sk-***,sk-***");
    row("part of a word", "task-runner-configuration", "task-runner-configuration");
    row("too short for a key", "sk-short", "sk-short");
    row("library", "hf_hub_download failed", "hf_hub_download failed");
    row("new line in JSON", R"("key:\nsk-abcdefgh1234")", R"("key:\nsk-***")");
    row("new line in JSON in JSON", R"("{\"key\":\"a\\nsk-abcdefgh1234\"}")", R"("{\"key\":\"a\\nsk-***\"}")");
    row("new line by number", R"("key:\u000Ask-abcdefgh1234")", R"("key:\u000Ask-***")");
    row("tab in JSON", R"("\tBearer abcdef")", R"("\tBearer ***")");
    row("tab in JSON before a token", R"("\teyJhbGci.eyJzdWIi.c2ln")", R"("\t***")");
    row("carriage return in JSON", R"("\reyJhbGci.eyJzdWIi.c2ln and\rsk-abcdefgh1234")", R"("\r*** and\rsk-***")");
    row("no escape", R"("\x nsk-abcdefgh1234 u000Ask-abcdefgh1234")", R"("\x nsk-abcdefgh1234 u000Ask-abcdefgh1234")");
    row("cut off", "the key was sk-", "the key was sk-");
}

void tst_redaction::replacesWhatLooksLikeAKey()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    QCOMPARE(redacted(text), expected);
}

void tst_redaction::replacesRegisteredSecretsEverywhere()
{
    const QByteArray secret = "canary-4711-everywhere";
    QCOMPARE(redacted("x" + secret), "x" + secret);
    registerSecret(SecretString(secret));
    registerSecret(SecretString(secret));
    QCOMPARE(redacted(secret), QByteArray("***"));
    QCOMPARE(redacted("x" + secret + secret + "y " + secret), QByteArray("x******y ***"));
}

void tst_redaction::replacesOtherFormsOfRegisteredSecrets()
{
    registerSecret(SecretString("ab+cd/ef==\"gh\\"));
    QCOMPARE(redacted("?key=ab%2Bcd%2Fef%3D%3D%22gh%5C&a=b"), QByteArray("?key=***&a=b"));
    const QByteArray json = R"({"key":"ab+cd/ef==\"gh\\"})";
    const QByteArray expected = R"({"key":"***"})";
    QCOMPARE(redacted(json), expected);
}

void tst_redaction::theLongerOfTwoSecretsGoesFirst()
{
    registerSecret(SecretString("prefixed"));
    registerSecret(SecretString("prefixed-and-more"));
    QCOMPARE(redacted("<prefixed-and-more> <prefixed>"), QByteArray("<***> <***>"));
}

void tst_redaction::ignoresShortSecrets()
{
    registerSecret(SecretString("model"));
    registerSecret(SecretString());
    QCOMPARE(redacted("the model"), QByteArray("the model"));
}

void tst_redaction::registersEverySecretOfTheConfiguration()
{
    Config config;
    config.providers.emplace_back().apiKey = SecretString("canary-provider");
    config.security.keys.emplace_back().value = SecretString("canary-client");
    config.dataSharing.apiKey = SecretString("canary-collector");
    config.providers[0].headers = {
        {"x-gateway-token", "header-token-1"}, {"authorization", "Bearer bearer-part-1"}, {"x-team", "blue-team-1"}};
    config.providers[0].query = {{"Sub-Key", "query-key-1"}};
    config.telemetry.headers = {{"x-otel-team", "otel-team-1"}, {"authorization", "Basic basic-part-1"}};
    registerSecrets(config);
    QCOMPARE(redacted("header-token-1 query-key-1 blue-team-1 otel-team-1"), "*** *** blue-team-1 ***");
    QCOMPARE(redacted("bearer-part-1 basic-part-1"), "*** ***");
    QCOMPARE(redacted("canary-provider canary-client canary-collector"), QByteArray("*** *** ***"));
}

void tst_redaction::jsonStaysJson()
{
    registerSecret(SecretString("1234567890"));
    QCOMPARE(redactedJson(R"({"a":"key 1234567890"})"), QByteArray(R"({"a":"key ***"})"));
    QCOMPARE(redactedJson(R"({"a":1234567890})"), QByteArray()); // rather nothing than `{"a":***}`
}

void tst_redaction::oldSecretsAreForgottenInTheEnd()
{
    const auto configWith = [](const QByteArray &key) {
        Config config;
        config.providers.emplace_back().apiKey = SecretString(key);
        return config;
    };
    registerSecret(SecretString("of nobody's configuration"));
    registerSecrets(configWith("of the first one"));
    for (int i = 1; i <= 100; ++i)
        registerSecrets(configWith("of all the others"));
    QCOMPARE(redacted("key of the first one"), "key ***"); // it may still work
    registerSecrets(configWith("of the last one"));
    QCOMPARE(redacted("key of the first one"), "key of the first one");
    QCOMPARE(redacted("key of all the others"), "key ***");
    QCOMPARE(redacted("key of the last one"), "key ***");
    QCOMPARE(redacted("key of nobody's configuration"), "key ***");
}

void tst_redaction::longTextsTakeTheirLengthInTime_data()
{
    QTest::addColumn<QByteArray>("piece");
    QTest::newRow("many keys") << QByteArray("sk-abcdefgh12345 ");
    QTest::newRow("many starts of tokens") << QByteArray("eyJ-");
    QTest::newRow("many bearers") << QByteArray("Bearer ");
}

// Anybody can send such a text. In square time a mebibyte would take minutes.
void tst_redaction::longTextsTakeTheirLengthInTime()
{
    QFETCH(const QByteArray, piece);
    const QByteArray text = piece.repeated(4 * 1024 * 1024 / piece.size());
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(redacted(text).contains("12345"), false);
    QByteArray equal = text;
    blotOutSecrets(equal);
    QCOMPARE(equal.size(), text.size());
    QVERIFY2(timer.elapsed() < 20'000, QByteArray::number(timer.elapsed()).constData());
}

void tst_redaction::mayBeUsedByManyThreads()
{
    std::vector<std::thread> threads;
    std::atomic<int> leaks = 0;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&leaks, thread] {
            for (int i = 0; i < 100; ++i) {
                const QByteArray secret = "thread-" + QByteArray::number(thread) + "-" + QByteArray::number(i) + "-key";
                registerSecret(SecretString(secret));
                if (redacted("a " + secret) != "a ***")
                    ++leaks;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(leaks.load(), 0);
}

QTEST_APPLESS_MAIN(tst_redaction)
#include "tst_redaction.moc"
