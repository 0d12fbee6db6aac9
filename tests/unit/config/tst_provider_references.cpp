// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Providers, routes and keys that do not exist or cannot work, and what refers to them.
class ProviderReferencesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void reports_data()
    {
        const QByteArray types =
            "the types are: openai, anthropic, gemini, gemini-openai, ollama, simulator, groq, "
            "together, openrouter, abacus, deepseek, mistral, xai, fireworks, cerebras, perplexity, "
            "azure, lmstudio, llamacpp, vllm";
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<bool>("loads");
        const auto row = [](const char *name, const char *text, const QByteArray &expected, bool loads) {
            QTest::newRow(name) << QByteArray(text) << expected << loads;
        };
        row("misspelled",
            "providers: {openai: , ollama: }\nrouting:\n  routes:\n    - targets:\n        - provider: ollama\n"
            "        - provider: opnai\n",
            "c.yaml:6:21: routing.routes[0].targets[1].provider: there is no provider `opnai`; did you mean `openai`?",
            false);
        row("only the case differs", "providers: {OpenAI: }\nrouting: {routes: [{targets: [{provider: openai}]}]}",
            "c.yaml:2:42: routing.routes[0].targets[0].provider: there is no provider `openai`; upper and lower case "
            "count, write `OpenAI`",
            false);
        row("nothing like it, in a fallback",
            "providers: {a: {type: openai}, b.c: {type: openai}}\n"
            "routing: {routes: [{targets: [{provider: b.c}], fallback: [{provider: elsewhere}]}]}",
            "c.yaml:2:71: routing.routes[0].fallback[0].provider: there is no provider `elsewhere`; the providers are: "
            "a, "
            "b.c",
            false);
        row("target without provider", "providers: {openai: }\nrouting: {routes: [{targets: [{model: m}]}]}",
            "c.yaml:2:31: routing.routes[0].targets[0].provider: the target has no provider; name one of those under "
            "`providers`",
            false);
        row("alias",
            "providers: {openai: }\nrouting: {routes: [{targets: [{provider: openai}]}], model_aliases: {x: opnai/m}}",
            "c.yaml:2:73: warning: routing.model_aliases.x: there is no provider `opnai`; did you mean `openai`?",
            true);
        row("empty alias",
            "providers: {openai: }\nrouting: {routes: [{targets: [{provider: openai}]}], model_aliases: {x: ''}}",
            "c.yaml:2:73: routing.model_aliases.x: the alias stands for no model; write `provider/model` or a model's "
            "name",
            false);
        row("no providers", "routing: {routes: [{name: r}]}",
            "c.yaml:1:1: providers: there is no provider; add one, for example `ollama: {type: ollama}`\n"
            "c.yaml:1:20: warning: routing.routes[0].targets: the route has no targets, so it is never used; add one",
            false);
        row("empty providers", "server: {}\nproviders: {}\nrouting: {routes: [{targets: []}]}",
            "c.yaml:2:12: providers: there is no provider; add one, for example `ollama: {type: ollama}`\n"
            "c.yaml:3:30: warning: routing.routes[0].targets: the route has no targets, so it is never used; add one",
            false);
        row("type missing, unused",
            "providers:\n  openai:\n  mine: {api_key: k}\nrouting: {routes: [{targets: [{provider: openai}]}]}",
            "c.yaml:3:3: warning: providers.mine.type: the provider has no type; " + types +
                "; the provider is left out",
            true);
        row("type missing, used",
            "providers:\n  openai:\n  mine: {api_key: k}\nrouting: {routes: [{targets: [{provider: mine}]}]}",
            "c.yaml:3:3: providers.mine.type: the provider has no type; " + types, false);
        row("type unknown, the only one",
            "providers: {x: {type: opena}}\nrouting: {routes: [{targets: [{provider: x}]}]}",
            "c.yaml:1:23: providers.x.type: there is no provider type `opena`; did you mean `openai`? " + types, false);
        row("address missing", "providers: {azure: {api_key: k}}\nrouting: {routes: [{targets: [{provider: azure}]}]}",
            "c.yaml:1:13: providers.azure.base_url: every provider of this type has an address of its own; write it "
            "here: https://RESOURCE.openai.azure.com/openai/v1",
            false);
        row("name with a slash",
            "providers: {openai: , a/b: {type: openai}}\nrouting: {routes: [{targets: [{provider: openai}]}]}",
            "c.yaml:1:23: providers.a/b: a provider's name must not be empty, have spaces around it or a slash in it",
            false);
        row("names that differ by case",
            "providers: {openai: , OpenAI: }\nrouting: {routes: [{targets: [{provider: openai}]}]}",
            "c.yaml:1:23: providers.OpenAI: this is the same key as `openai` in line 1 (case does not count); remove "
            "one of "
            "them",
            false);
        row("responses at a provider without them",
            "providers: {ollama: }\nrouting: {routes: [{targets: [{provider: ollama, upstream_request_type: "
            "responses}]}]}",
            "c.yaml:2:42: warning: routing.routes[0].targets[0].provider: providers of type ollama have no Responses "
            "protocol, so upstream_request_type does nothing here",
            true);
        row("responses at a service that speaks only the other protocol of OpenAI",
            "providers: {deepseek: {api_key: k}}\nrouting: {routes: [{targets: [{provider: deepseek, "
            "upstream_request_type: responses}]}]}",
            "c.yaml:2:42: warning: routing.routes[0].targets[0].provider: providers of type deepseek have no Responses "
            "protocol, so upstream_request_type does nothing here",
            true);
    }
    void reports()
    {
        QFETCH(QByteArray, text);
        const ConfigReading reading = readText(text);
        QTEST(textOf(reading.problems), "expected");
        QTEST(reading.config.has_value(), "loads");
    }

    void unusableProviderIsLeftOut()
    {
        const ConfigReading reading =
            readText("providers: {openai: , x: {type: y}}\nrouting: {routes: [{targets: [{provider: openai}]}]}");
        QVERIFY(reading.config);
        QCOMPARE(reading.config->providers.size(), 1U);
        QVERIFY(!reading.config->provider("x"));
    }

    void limitsOfNobodyAreReported_data()
    {
        QTest::addColumn<QByteArray>("security");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<bool>("loads");
        const auto row = [](const char *name, const QByteArray &security, const QByteArray &problem, bool loads) {
            const QByteArray place = QByteArray("c.yaml:3:65: ") + (loads ? "warning: " : "") +
                                     "rate_limiting.keys[0].name: there is no key `";
            QTest::newRow(name) << security << (problem.isEmpty() ? problem : place + problem) << loads;
        };
        row("misspelled", "{api_key: {keys: [{name: backup, value: a}, {name: batch, value: b}]}}",
            "bacth`; did you mean `batch`?", false);
        row("nothing like it", "{api_key: {keys: [{name: ci, value: a}, {value: two}]}}",
            "bacth`; the keys are: ci, key-3fc4ccfe", false); // printf %s two | sha256sum
        row("off", "{enabled: false, api_key: {keys: [{name: ci, value: ''}, {name: batch, value: ''}]}}",
            "bacth`; there are no keys", true);
        row("there", "{api_key: {keys: [{name: bacth, value: b}]}}", {}, true);
        row("tokens have names of their own", "{jwt: {jwks_url: 'https://a.test/k', audience: [a]}}", {}, true);
    }

    // They would vanish silently, as the names of nameless keys did when these changed.
    void limitsOfNobodyAreReported()
    {
        QFETCH(const QByteArray, security);
        QFETCH(const QByteArray, expected);
        QFETCH(const bool, loads);
        const ConfigReading reading =
            readText(kMinimum +
                     "rate_limiting: {enabled: true, keys: [{max_concurrent: 1, name: bacth}]}\nsecurity: " + security);
        QCOMPARE(textOf(reading.problems), expected);
        QCOMPARE(reading.config.has_value(), loads);
    }

    void theGatewaysOwnCallersMayHaveLimits()
    {
        const ConfigReading reading =
            readText(kMinimum + "rate_limiting: {enabled: true, keys: [{max_concurrent: 1, name: remote-control}, "
                                "{max_concurrent: 1, name: desktop-app}]}\n"
                                "security: {api_key: {keys: [{name: b, value: b}]}}");
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
    }

    void limitsThatAreOffMayBeNobodys()
    {
        const ConfigReading reading = readText(kMinimum + "rate_limiting: {keys: [{name: a}]}\n"
                                                          "security: {api_key: {keys: [{name: b, value: b}]}}");
        QVERIFY(reading.config);
        QCOMPARE(reading.problems.size(), 1U);
    }
};

QTEST_GUILESS_MAIN(ProviderReferencesTest)
#include "tst_provider_references.moc"
