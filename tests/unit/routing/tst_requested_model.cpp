// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"
#include "gateway/routing/requested_model.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

class TestRequestedModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void resolvesHeadersAndBody_data()
    {
        QTest::addColumn<QByteArray>("providerHeader");
        QTest::addColumn<QByteArray>("modelHeader");
        QTest::addColumn<QByteArray>("bodyModel");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("name");
        const auto row = [](const char *scenario, const char *providerHeader, const char *modelHeader,
                            const char *bodyModel, const char *provider, const char *model, const char *name) {
            QTest::newRow(scenario) << QByteArray(providerHeader) << QByteArray(modelHeader) << QByteArray(bodyModel)
                                    << QByteArray(provider) << QByteArray(model) << QByteArray(name);
        };
        row("nothing said", "", "", "", "", "", "");
        row("blank model", "", "", "  ", "", "", "");
        row("plain body model", "", "", "gpt-4o", "", "gpt-4o", "gpt-4o");
        row("canonical body model", "", "", "openai/gpt-4o", "openai", "gpt-4o", "openai/gpt-4o");
        row("slash without provider", "", "", "meta-llama/llama-3", "", "meta-llama/llama-3", "meta-llama/llama-3");
        row("provider header, plain body", "groq", "", "llama", "groq", "llama", "groq/llama");
        row("provider header, slash in plain name", "openrouter", "", "meta-llama/llama-3", "openrouter",
            "meta-llama/llama-3", "openrouter/meta-llama/llama-3");
        row("provider header, same in body", "groq", "", "groq/llama", "groq", "llama", "groq/llama");
        row("provider header alone", "groq", "", "", "groq", "", "");
        row("model header over body", "", "gpt-4o", "anthropic/claude", "", "gpt-4o", "gpt-4o");
        row("canonical model header over body and provider", "groq", "openai/gpt-4o", "llama", "openai", "gpt-4o",
            "openai/gpt-4o");
        row("canonical model header over unknown provider", "nobody", "openai/gpt-4o", "", "openai", "gpt-4o",
            "openai/gpt-4o");
        row("plain model header with provider", "groq", "llama", "gpt-4o", "groq", "llama", "groq/llama");
        row("blank model header", "", "  ", "gpt-4o", "", "gpt-4o", "gpt-4o");
        row("auto", "", "", "lunargate/auto", "", "", "");
        row("auto in capitals", "", "", "LunarGate/AUTO", "", "", "");
        row("auto by header", "", "lunargate/auto", "gpt-4o", "", "", "");
        row("auto with provider", "groq", "", "lunargate/auto", "groq", "", "");
        row("auto in two parts", "LunarGate", "", "auto", "", "", "");
        row("auto alone is a model name", "", "", "auto", "", "auto", "auto");
        row("gateway as provider of a plain name", "lunargate", "", "gpt-4o", "", "gpt-4o", "gpt-4o");
        row("alias to canonical", "", "", "fast", "groq", "llama", "groq/llama");
        row("alias by header", "", "fast", "gpt-4o", "groq", "llama", "groq/llama");
        row("alias with the gateway as provider", "lunargate", "", "fast", "groq", "llama", "groq/llama");
        row("alias to plain", "", "", "cheap", "", "gpt-4o-mini", "gpt-4o-mini");
        row("alias to auto", "", "", "any", "", "", "");
        row("alias of an alias is not followed", "", "", "twice", "", "fast", "fast");
        row("suffix in brackets", "", "", "gpt-4o[1m]", "", "gpt-4o", "gpt-4o");
        row("suffix behind a provider", "", "", "groq/llama[1m]", "groq", "llama", "groq/llama");
        row("suffix behind an alias", "", "", "fast[1m]", "groq", "llama", "groq/llama");
        row("alias with a suffix of its own", "", "", "long[1m]", "groq", "llama-long", "groq/llama-long");
        row("model that is configured with brackets", "", "", "groq/odd[x]", "groq", "odd[x]", "groq/odd[x]");
        row("another provider's model with brackets", "", "", "openai/odd[x]", "openai", "odd", "openai/odd");
        row("nothing before the bracket", "", "", "[1m]", "", "[1m]", "[1m]");
        row("bracket in the middle", "", "", "a[1m]b", "", "a[1m]b", "a[1m]b");
        row("aliases keep their case", "", "", "Fast", "", "Fast", "Fast");
    }

    void resolvesHeadersAndBody()
    {
        QFETCH(QByteArray, providerHeader);
        QFETCH(QByteArray, modelHeader);
        QFETCH(QByteArray, bodyModel);
        const auto requested =
            resolveRequestedModel(configWithAliases(), headers(providerHeader, modelHeader), bodyModel);
        QVERIFY2(requested, requested ? "" : requested.error().message.constData());
        QTEST(requested->provider, "provider");
        QTEST(requested->model, "model");
        QTEST(requested->name, "name");
    }

    void refusesAProviderThatDoesNotExist()
    {
        const auto requested = resolveRequestedModel(configWithAliases(), headers("nobody", ""), "gpt-4o");
        QVERIFY(!requested);
        QCOMPARE(requested.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(requested.error().reason, "unknown_provider");
        QCOMPARE(requested.error().param, "X-LunarGate-Provider");
        QCOMPARE(requested.error().message,
                 "there is no provider \"nobody\"; configured are: openai, anthropic, groq, openrouter, local");
    }

    void refusesHeaderAndBodyThatContradictEachOther()
    {
        const auto requested = resolveRequestedModel(configWithAliases(), headers("openrouter", ""), "openai/gpt-4o");
        QVERIFY(!requested);
        QCOMPARE(requested.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(requested.error().reason, "provider_not_in_route");
        QVERIFY(requested.error().message.startsWith("requested provider is not available for this route"));
        QVERIFY(requested.error().message.contains("\"openrouter/openai/gpt-4o\""));
        // And what the message advises works.
        const auto advised = resolveRequestedModel(configWithAliases(), headers("", ""), "openrouter/openai/gpt-4o");
        QVERIFY(advised);
        QCOMPARE(advised->provider, "openrouter");
        QCOMPARE(advised->model, "openai/gpt-4o");
    }

    void doesNotRepeatEndlessNamesInMessages()
    {
        const QByteArray endless = QByteArray("é").repeated(100'000);
        const auto requested = resolveRequestedModel(configWithAliases(), headers(endless, ""), "gpt-4o");
        QVERIFY(!requested);
        QCOMPARE_LT(requested.error().message.size(), 300);
        QVERIFY(QString::fromUtf8(requested.error().message).toUtf8() == requested.error().message);
    }

    void tellsWhereTheWishCameFrom()
    {
        const Config config = configWithAliases();
        const auto fromBody = resolveRequestedModel(config, headers("", ""), "groq/llama");
        QCOMPARE(fromBody->providerParam, "model");
        QCOMPARE(fromBody->modelParam, "model");
        const auto fromHeaders = resolveRequestedModel(config, headers("groq", "llama"), "");
        QCOMPARE(fromHeaders->providerParam, "X-LunarGate-Provider");
        QCOMPARE(fromHeaders->modelParam, "X-LunarGate-Model");
        const auto fromModelHeader = resolveRequestedModel(config, headers("", "groq/llama"), "");
        QCOMPARE(fromModelHeader->providerParam, "X-LunarGate-Model");
    }

    void overridesTheModelButNotTheProviderHeader_data()
    {
        QTest::addColumn<bool>("isEnabled");
        QTest::addColumn<QByteArray>("providerHeader");
        QTest::addColumn<QByteArray>("bodyModel");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("canonical model") << true << QByteArray() << QByteArray("openai/gpt-4o") << QByteArray()
                                         << QByteArray();
        QTest::newRow("provider header") << true << QByteArray("groq") << QByteArray("openai/gpt-4o")
                                         << QByteArray("groq") << QByteArray();
        QTest::newRow("model selection disabled")
            << false << QByteArray() << QByteArray("openai/gpt-4o") << QByteArray("openai") << QByteArray("gpt-4o");
    }

    void overridesTheModelButNotTheProviderHeader()
    {
        QFETCH(bool, isEnabled);
        QFETCH(QByteArray, providerHeader);
        QFETCH(QByteArray, bodyModel);
        Config config = configWithAliases();
        config.modelSelection.enabled = isEnabled;
        config.modelSelection.overrideUserModel = true;
        const auto requested = resolveRequestedModel(config, headers(providerHeader, ""), bodyModel);
        QVERIFY(requested);
        QTEST(requested->provider, "provider");
        QTEST(requested->model, "model");
        QCOMPARE(requested->name, bodyModel);
    }

private:
    static Config configWithAliases()
    {
        Config config = test::someProviders();
        config.routing.modelAliases = {{"fast", "groq/llama"},
                                       {"cheap", "gpt-4o-mini"},
                                       {"any", "lunargate/auto"},
                                       {"twice", "fast"},
                                       {"long[1m]", "groq/llama-long"}};
        config.routing.routes = {test::route("odd", {test::target("groq", "odd[x]")})};
        return config;
    }

    static HeaderList headers(const QByteArray &provider, const QByteArray &model)
    {
        HeaderList headers;
        if (!provider.isEmpty())
            headers.add("x-lunargate-provider", provider);
        if (!model.isEmpty())
            headers.add("X-LunarGate-Model", model);
        return headers;
    }
};

QTEST_APPLESS_MAIN(TestRequestedModel)
#include "tst_requested_model.moc"
