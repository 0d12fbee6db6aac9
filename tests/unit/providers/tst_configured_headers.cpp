// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"
#include "tests/unit/providers/protocol_testing.h"

#include <QTest>

namespace lunargate {

/// `providers.<id>.headers` replaces what the gateway would send itself, whatever the protocol.
class ConfiguredHeadersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void replaceTheProtocolsOwn_data();
    void replaceTheProtocolsOwn();
};

namespace {

const std::map<QByteArray, QByteArray> kOwn{{"accept", "application/json;own"},
                                            {"content-type", "application/json;own"},
                                            {"anthropic-version", "2099-01-01"},
                                            {"openai-organization", "own"}};

ProviderConfig withHeaders(Protocol protocol)
{
    ProviderConfig config;
    config.id = "p";
    config.protocol = protocol;
    config.baseUrl = "http://127.0.0.1:1/v1";
    config.organization = "the setting's";
    config.headers = kOwn;
    return config;
}

/// Those of `kOwn` that `request` has otherwise, or more than once.
QByteArray notReplaced(const UpstreamRequest &request)
{
    QByteArrayList names;
    for (const auto &[name, value] : kOwn) {
        if (request.headers.count(name) != 1 || request.headers.value(name) != value)
            names << name;
    }
    return names.join(' ');
}

} // namespace

void ConfiguredHeadersTest::replaceTheProtocolsOwn_data()
{
    QTest::addColumn<Protocol>("protocol");
    QTest::addColumn<bool>("responses");
    QTest::newRow("anthropic") << Protocol::Anthropic << false;
    QTest::newRow("gemini") << Protocol::Gemini << false;
    QTest::newRow("ollama") << Protocol::Ollama << false;
    QTest::newRow("openai") << Protocol::OpenAi << false;
    QTest::newRow("responses") << Protocol::OpenAi << true;
}

void ConfiguredHeadersTest::replaceTheProtocolsOwn()
{
    QFETCH(const Protocol, protocol);
    QFETCH(const bool, responses);
    const ProviderRegistry registry({withHeaders(protocol)});
    const std::shared_ptr<const Provider> provider = registry.find("p", responses);
    QVERIFY(provider);

    for (const char *stream : {"false", "true"}) {
        const PreparedCall chat = test::callFor(
            *provider, QByteArray(R"({"messages":[{"role":"user","content":"hi"}],"stream":)") + stream + '}');
        QVERIFY(chat);
        QCOMPARE(notReplaced((*chat)->request), "");
    }
    const std::optional<UpstreamRequest> models = provider->modelsRequest({});
    QVERIFY(models);
    QCOMPARE(notReplaced(*models), "");
    if (protocol == Protocol::Anthropic) // has no embeddings
        return;
    EmbeddingsRequest request;
    request.body = R"({"input":"a"})";
    request.texts = {"a"};
    const PreparedCall embeddings = provider->embeddingsCall(request, "m");
    QVERIFY2(embeddings, embeddings ? "" : embeddings.error().message.constData());
    QCOMPARE(notReplaced((*embeddings)->request), "");
}

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::ConfiguredHeadersTest)
#include "tst_configured_headers.moc"
