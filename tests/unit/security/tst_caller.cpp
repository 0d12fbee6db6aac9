// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/caller.h"

#include "gateway/config/config.h"

#include <QTest>

using namespace lunargate;

class CallerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void starsStandForAnyText_data()
    {
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("matches");
        const auto row = [](QByteArray pattern, QByteArray text, bool matches) {
            QTest::newRow((pattern + " and " + text).constData()) << pattern << text << matches;
        };
        row("gpt-4o", "gpt-4o", true);
        row("gpt-4o", "gpt-4o-mini", false);
        row("gpt-4o", "my-gpt-4o", false);
        row("gpt-4o", "GPT-4O", false);
        row("gpt-*", "gpt-4o", true);
        row("gpt-*", "gpt-", true);
        row("gpt-*", "gpt", false);
        row("*", "", true);
        row("*", "a/b", true);
        row("", "", true);
        row("", "a", false);
        row("*-mini", "gpt-4o-mini", true);
        row("*-mini", "gpt-4o-mini-x", false);
        row("a*b*c", "aXbYc", true);
        row("a*b*c", "abbc", true);
        row("a*b*c", "acb", false);
        row("a**c", "abc", true);
        row("*ab", "aab", true);
        row("*aab*", "aaab", true);
    }
    void starsStandForAnyText()
    {
        QFETCH(QByteArray, pattern);
        QFETCH(QByteArray, text);
        QTEST(matchesPattern(pattern, text), "matches");
    }

    void manyStarsTakeNoLongTime()
    {
        const QByteArray pattern = QByteArray("*a").repeated(50) + 'b';
        QVERIFY(!matchesPattern(pattern, QByteArray(100'000, 'a')));
    }

    void modelsAreAllowedByTheirNameOrWithTheirProvider_data()
    {
        QTest::addColumn<QByteArray>("allowed");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("another provider's, with a star") << QByteArray("groq/*") << false;
        QTest::newRow("another provider's, whole") << QByteArray("groq/llama-3") << false;
        QTest::newRow("name") << QByteArray("meta/llama-3") << true;
        QTest::newRow("with the provider") << QByteArray("openrouter/meta/llama-3") << true;
        QTest::newRow("a provider's") << QByteArray("openrouter/*") << true;
        QTest::newRow("another provider's") << QByteArray("openai/*") << false;
        QTest::newRow("half a name") << QByteArray("llama-3") << false;
        QTest::newRow("everything") << QByteArray("*") << true;
    }
    void modelsAreAllowedByTheirNameOrWithTheirProvider()
    {
        QFETCH(QByteArray, allowed);
        Config config;
        for (const char *id : {"openrouter", "openai", "groq"})
            config.providers.push_back({.id = id});
        const CallerRights rights{.routes = {}, .models = modelPatterns({"other", allowed}, config)};
        QTEST(rights.allowsModel("openrouter", "meta/llama-3"), "isAllowed");
    }

    // Providers with many vendors' models name them `openai/gpt-4o` themselves.
    void aProvidersPatternIsNoModelOfAnother()
    {
        Config config;
        config.providers = {{.id = "openai"}, {.id = "openrouter"}};
        const CallerRights rights{.routes = {}, .models = modelPatterns({"openai/*", "meta/*"}, config)};
        QVERIFY(rights.allowsModel("openai", "gpt-4o"));
        QVERIFY(!rights.allowsModel("openrouter", "openai/gpt-4o"));
        QVERIFY(rights.allowsModel("openrouter", "meta/llama")); // there is no provider `meta`
    }

    void theRemovalOfAProviderWidensNoPattern()
    {
        Config config;
        config.providers = {{.id = "openrouter"}};
        const CallerRights rights{.routes = {}, .models = modelPatterns({"openai/*"}, config)};
        QVERIFY(!rights.allowsModel("openrouter", "openai/gpt-4o"));
    }

    void anEmptyListAllowsEverything()
    {
        const CallerRights rights;
        QVERIFY(rights.allowsModel("a", "b"));
        QVERIFY(rights.allowsRoute("r"));
    }

    void routesAreAllowedByTheirWholeName()
    {
        const CallerRights rights{.routes = {"fast", "cheap*"}, .models = {}};
        QVERIFY(rights.allowsRoute("fast"));
        QVERIFY(!rights.allowsRoute("Fast"));
        QVERIFY(!rights.allowsRoute("cheaper"));
        QVERIFY(!rights.allowsRoute(""));
    }

    void nobodyIsTakenForAnother()
    {
        const Caller key{.name = "127.0.0.1", .address = "10.0.0.1"};
        const Caller token{.name = "127.0.0.1", .kind = CredentialKind::Token, .address = "10.0.0.1"};
        const Caller builtIn{.name = "127.0.0.1", .kind = CredentialKind::BuiltIn, .address = "10.0.0.1"};
        const Caller nameless{.address = "127.0.0.1"};
        QCOMPARE_NE(key.identity(), nameless.identity());
        QCOMPARE_NE(token.identity(), nameless.identity());
        QCOMPARE_NE(token.identity(), key.identity());
        QCOMPARE_NE(builtIn.identity(), key.identity());
        QCOMPARE_NE(builtIn.identity(), token.identity());
        QCOMPARE_NE(builtIn.identity(), nameless.identity());
    }
};

QTEST_GUILESS_MAIN(CallerTest)
#include "tst_caller.moc"
