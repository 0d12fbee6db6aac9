// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;

namespace {

using Variables = std::map<QByteArray, QByteArray>;

/// Reads `provider` (`id: {…}`) with nothing else in the environment than `variables`.
ConfigReading readProvider(const QByteArray &provider, const Variables &variables = {})
{
    const QByteArray id = provider.first(provider.indexOf(':'));
    const QByteArray text =
        "providers:\n  " + provider + "\nrouting: {routes: [{targets: [{provider: " + id + "}]}]}\n";
    return readConfigText(text, "c.yaml", Environment(variables));
}

/// The provider, if there are no problems.
ProviderConfig clean(const QByteArray &provider, const Variables &variables = {})
{
    const ConfigReading reading = readProvider(provider, variables);
    if (!reading.problems.empty())
        QTest::qFail(textOf(reading.problems).constData(), __FILE__, __LINE__);
    return reading.config ? reading.config->providers.front() : ProviderConfig();
}

} // namespace

/// Providers whose type brings what the file does not say.
class ProviderSectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aTypeAloneIsEnough_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("type") << QByteArray("fast: {type: groq}");
        QTest::newRow("type in capitals") << QByteArray("fast: {type: Groq}");
        QTest::newRow("name") << QByteArray("groq:");
        QTest::newRow("name in capitals") << QByteArray("Groq: {}");
    }
    void aTypeAloneIsEnough()
    {
        QFETCH(QByteArray, text);
        const ProviderConfig provider = clean(text, {{"GROQ_API_KEY", "gsk-1"}});
        QCOMPARE(provider.type, "groq");
        QCOMPARE(provider.protocol, Protocol::OpenAi);
        QCOMPARE(provider.baseUrl, "https://api.groq.com/openai/v1");
        QCOMPARE(provider.apiKey.reveal(), "gsk-1");
        QCOMPARE(provider.auth.scheme, KeyScheme::Bearer);
        QCOMPARE(provider.defaultModel, "llama-3.3-70b-versatile");
        QVERIFY(!provider.quirks.developerRole);
        QVERIFY(std::ranges::contains(provider.quirks.refused, "logit_bias"));
        QVERIFY(!provider.capabilities.embeddings);
    }

    void keys_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Variables>("variables");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("problems");
        const auto row = [](const char *name, QByteArray text, Variables variables, QByteArray key,
                            QByteArray problems = {}) {
            QTest::newRow(name) << std::move(text) << std::move(variables) << std::move(key) << std::move(problems);
        };
        const Variables own = {{"GROQ_API_KEY", "own"}};
        const QByteArray missing = "c.yaml:2:3: warning: providers.groq.api_key: the provider has no key; set the "
                                   "variable GROQ_API_KEY, or write `api_key`";
        const auto withheld = [](const QByteArray &id, const QByteArray &variable) {
            const QByteArray column = QByteArray::number(QByteArrayView("  : {base_url: ").size() + id.size() + 1);
            return "c.yaml:2:" + column + ": warning: providers." + id + ".base_url: the key of the variable " +
                   variable + " is not sent to this address; write `api_key: ${" + variable +
                   "}` if it is meant to be, or `api_key: ''` if not";
        };
        row("the file's", "groq: {api_key: k}", own, "k");
        row("an overriding variable's", "groq: {}", {{"PROVIDERS_GROQ_API_KEY", "o"}, {"GROQ_API_KEY", "own"}}, "o");
        row("the service's own variable", "groq: {}", own, "own");
        row("an empty key in the file is the default", "groq: {api_key: }", own, "own");
        row("no key is wanted", "groq: {api_key: ''}", own, "");
        row("no key is shown", "groq: {auth: {scheme: none}}", {}, "");
        row("no variable", "groq: {}", {}, "", missing);
        row("an empty variable", "groq:", {{"GROQ_API_KEY", " "}}, "", missing);
        row("the service needs none", "vllm: {}", {}, "");
        row("the vendor's, in a region", "openai: {base_url: 'https://eu.api.openai.com/v1'}",
            {{"OPENAI_API_KEY", "own"}}, "own");
        // Or the key would be shown to somebody whom it is not meant for.
        row("never to another address", "openai: {base_url: 'https://proxy.example/v1'}", {{"OPENAI_API_KEY", "own"}},
            "", withheld("openai", "OPENAI_API_KEY"));
        for (const char *host : {"localhost", "127.0.0.1", "[::1]"}) {
            row(host, "openai: {base_url: 'http://" + QByteArray(host) + ":1234/v1'}", {{"OPENAI_API_KEY", "own"}}, "");
        }
        row("not wanted there", "openai: {api_key: '', base_url: 'https://proxy.example/v1'}",
            {{"OPENAI_API_KEY", "own"}}, "");
        row("never in the clear", "openai: {base_url: 'http://api.openai.com/v1'}", {{"OPENAI_API_KEY", "own"}}, "",
            withheld("openai", "OPENAI_API_KEY"));
        row("never in the clear to an address of one's own", "azure: {base_url: 'http://r.openai.azure.com/openai/v1'}",
            {{"AZURE_OPENAI_API_KEY", "own"}}, "", withheld("azure", "AZURE_OPENAI_API_KEY"));
        row("no key to withhold", "openai: {base_url: 'https://proxy.example/v1'}", {}, "");
        row("the file's, in the clear", "openai: {api_key: k, base_url: 'http://localhost:1234/v1'}",
            {{"OPENAI_API_KEY", "own"}}, "k");
        row("a workspace of Abacus", "abacus: {base_url: 'https://ws.abacus.ai/v1'}", {{"ABACUS_API_KEY", "own"}},
            "own");
        row("somebody who ends like Abacus", "abacus: {base_url: 'https://notabacus.ai/v1'}",
            {{"ABACUS_API_KEY", "own"}}, "", withheld("abacus", "ABACUS_API_KEY"));
        row("another address of Together", "together: {base_url: 'https://api.together.ai/v1'}",
            {{"TOGETHER_API_KEY", "own"}}, "own");
    }
    void keys()
    {
        QFETCH(QByteArray, text);
        QFETCH(Variables, variables);
        const ConfigReading reading = readProvider(text, variables);
        QTEST(textOf(reading.problems), "problems");
        QVERIFY(reading.config);
        QTEST(reading.config->providers.front().apiKey.reveal(), "key");
    }

    void everythingCanBeOverridden()
    {
        const ProviderConfig provider = clean(R"(groq:
    api_key: k
    base_url: https://proxy.example/v1
    protocol: anthropic
    auth: {scheme: header, header: X-Key}
    default_model: m
    api_version: v
    headers: {X-Team: blue, User-Agent: mine}
    query: {A: b})");
        QCOMPARE(provider.type, "groq");
        QCOMPARE(provider.protocol, Protocol::Anthropic);
        QCOMPARE(provider.baseUrl, "https://proxy.example/v1");
        QCOMPARE(provider.auth.scheme, KeyScheme::Header);
        QCOMPARE(provider.auth.header, "X-Key");
        QCOMPARE(provider.defaultModel, "m");
        QCOMPARE(provider.apiVersion, "v");
        QCOMPARE(provider.headers, (Variables{{"x-team", "blue"}, {"user-agent", "mine"}}));
        QCOMPARE(provider.query, (Variables{{"A", "b"}}));
    }

    void everyQuirkCanBeOverridden()
    {
        const ProviderConfig provider = clean(R"(mistral:
    api_key: k
    quirks:
      developer_role: true
      logprobs_as_number: true
      max_tokens_field: max_completion_tokens
      reasoning_field: object
      reasoning_history: reasoning
      reasoning_with_tool_calls: true
      refused: []
      refused_message_fields: [x]
      refused_tool_call_fields: [y]
      required_tool_choice: must
      seed_field: s
      stop_as_array: true
      stream_options: true
      tool_call_id_length: 0)");
        const QuirksConfig &quirks = provider.quirks;
        QVERIFY(quirks.developerRole);
        QVERIFY(quirks.logprobsAsNumber);
        QCOMPARE(quirks.maxTokensField, MaxTokensField::MaxCompletionTokens);
        QCOMPARE(quirks.reasoningField, ReasoningField::Object);
        QCOMPARE(quirks.reasoningHistory, ReasoningHistory::Reasoning);
        QVERIFY(quirks.reasoningWithToolCalls);
        QVERIFY(quirks.refused.empty());
        QCOMPARE(quirks.refusedMessageFields, std::vector<QByteArray>{"x"});
        QCOMPARE(quirks.refusedToolCallFields, std::vector<QByteArray>{"y"});
        QCOMPARE(quirks.requiredToolChoice, "must");
        QCOMPARE(quirks.seedField, "s");
        QVERIFY(quirks.stopAsArray);
        QVERIFY(quirks.streamOptions);
        QCOMPARE(quirks.toolCallIdLength, 0);
    }

    void oneQuirkLeavesTheOthers()
    {
        const ProviderConfig provider = clean("mistral: {api_key: k, quirks: {stream_options: true}}");
        QVERIFY(provider.quirks.streamOptions);
        QCOMPARE(provider.quirks.seedField, "random_seed");
        QCOMPARE(provider.quirks.toolCallIdLength, 9);
    }

    void emptyTextMeansTheDefault()
    {
        const ProviderConfig provider = clean("deepseek: {api_key: k, base_url: '', default_model: '', protocol: '', "
                                              "quirks: {seed_field: '', required_tool_choice: ''}}");
        QCOMPARE(provider.baseUrl, "https://api.deepseek.com");
        QCOMPARE(provider.defaultModel, "deepseek-chat");
        QCOMPARE(provider.protocol, Protocol::OpenAi);
        QCOMPARE(provider.quirks.seedField, "seed");
        QCOMPARE(provider.quirks.requiredToolChoice, "required");
    }

    void variablesReachTheNewKeys()
    {
        const ProviderConfig provider =
            clean("groq: {api_key: k, headers: {x-team: '${TEAM}'}, quirks: {refused: '${REFUSED}'}}",
                  {{"TEAM", "blue"}, {"REFUSED", "a,b"}, {"PROVIDERS_GROQ_QUIRKS_STREAM_OPTIONS", "false"}});
        QCOMPARE(provider.headers, (Variables{{"x-team", "blue"}}));
        QCOMPARE(provider.quirks.refused, (std::vector<QByteArray>{"a", "b"}));
        QVERIFY(!provider.quirks.streamOptions);
    }

    void aHeaderForTheKeyNeedsNoScheme()
    {
        const ProviderConfig provider = clean("openai: {api_key: k, auth: {header: api-key}}");
        QCOMPARE(provider.auth.scheme, KeyScheme::Header);
        QCOMPARE(provider.auth.header, "api-key");
        QCOMPARE(clean("azure: {api_key: k, base_url: 'https://r', auth: {scheme: bearer}}").auth.scheme,
                 KeyScheme::Bearer);
    }

    void knownModels_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("ids");
        const auto row = [](const char *name, const char *text, const char *ids) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(ids);
        };
        const char *anthropic =
            "claude-sonnet-5 claude-sonnet-4-6 claude-3-opus-20240229 claude-3-sonnet-20240229 claude-3-haiku-20240307 "
            "claude-3-5-sonnet-20241022";
        row("the vendor's", "anthropic: {api_key: k}", anthropic);
        row("the vendor's address, written down", "anthropic: {api_key: k, base_url: 'https://api.anthropic.com'}",
            anthropic);
        row("somebody else's", "anthropic: {api_key: k, base_url: 'https://api.z.ai/api/anthropic'}", "");
    }
    void knownModels()
    {
        QFETCH(QByteArray, text);
        QByteArrayList ids;
        for (const KnownModel &model : clean(text).knownModels)
            ids << model.id;
        QTEST(ids.join(' '), "ids");
    }

    void azureAddresses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("version");
        const auto row = [](const char *name, const char *text, const char *version) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(version);
        };
        row("classic", "azure: {base_url: 'https://r.openai.azure.com/openai/deployments/d'}", "2024-10-21");
        row("classic, with a version",
            "azure: {base_url: 'https://r.openai.azure.com/openai/deployments/d', api_version: 2025-01-01-preview}",
            "2025-01-01-preview");
        row("classic, version in the query",
            "azure: {base_url: 'https://r.openai.azure.com/openai/deployments/d', query: {api-version: q}}", "q");
        row("classic, version in the address",
            "azure: {base_url: 'https://r.openai.azure.com/openai/deployments/d?api-version=a', api_version: b}", "");
        row("v1", "azure: {base_url: 'https://r.openai.azure.com/openai/v1'}", "");
        row("v1, with a version", "azure: {base_url: 'https://r.openai.azure.com/openai/v1', api_version: preview}",
            "preview");
    }
    void azureAddresses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, version);
        const ProviderConfig provider = clean(text, {{"AZURE_OPENAI_API_KEY", "k"}});
        QCOMPARE(provider.auth.header, "api-key");
        QCOMPARE(provider.apiKey.reveal(), "k");
        QCOMPARE(provider.query, version.isEmpty() ? Variables() : (Variables{{"api-version", version}}));
    }

    void anthropicsVersionIsNoQuery()
    {
        const ProviderConfig provider = clean("anthropic: {api_key: k, api_version: v}");
        QCOMPARE(provider.apiVersion, "v");
        QVERIFY(provider.query.empty());
    }

    void problems_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *text, const char *expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
        };
        row("protocol", "groq: {api_key: k, protocol: smtp}",
            "c.yaml:2:32: providers.groq.protocol: expected one of: openai, anthropic, gemini, ollama, simulator, "
            "found `smtp`");
        row("header scheme without a header", "groq: {api_key: k, auth: {scheme: header}}",
            "c.yaml:2:28: providers.groq.auth.header: expected the name of the header that carries the key");
        row("header for the key", "groq: {api_key: k, auth: {header: 'a b'}}",
            "c.yaml:2:37: providers.groq.auth.header: expected the name of the header that carries the key");
        row("header of the message for the key", "groq: {api_key: k, auth: {header: Host}}",
            "c.yaml:2:37: providers.groq.auth.header: the gateway sets this header by itself; name another one");
        row("header name", "groq: {api_key: k, headers: {a b: c}}",
            "c.yaml:2:37: providers.groq.headers.a b: this cannot be the name of a header");
        row("header of the message", "groq: {api_key: k, headers: {Content-Length: 3}}",
            "c.yaml:2:48: providers.groq.headers.Content-Length: the gateway sets this header by itself; remove it "
            "here");
        row("header value", "groq: {api_key: k, headers: {a: \"b\\r\\nc: d\"}}",
            "c.yaml:2:35: providers.groq.headers.a: a header's value must not have a line break or another control "
            "character");
        row("id length", "groq: {api_key: k, quirks: {tool_call_id_length: 65}}",
            "c.yaml:2:52: providers.groq.quirks.tool_call_id_length: expected a whole number from 0 to 64, found `65`");
        row("unknown quirk", "groq: {api_key: k, quirks: {refuse: [n]}}",
            "c.yaml:2:31: warning: providers.groq.quirks.refuse: unknown key, ignored; did you mean `refused`?");
        row("quirks elsewhere", "anthropic: {api_key: k, quirks: {stop_as_array: true}}",
            "c.yaml:2:35: warning: providers.anthropic.quirks: only providers with the protocol of OpenAI have this; "
            "it does nothing");
    }
    void problems()
    {
        QFETCH(QByteArray, text);
        QTEST(textOf(readProvider(text).problems), "expected");
    }
};

QTEST_GUILESS_MAIN(ProviderSectionTest)
#include "tst_provider_section.moc"
