// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"

#include <QTest>

namespace lunargate {

class ProviderRegistryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsProvidersByExactId();
    void severalProvidersMayHaveOneProtocol();
    void responsesTargetsGetTheirOwnProtocol();
    void leavesOutProtocolsItCannotSpeak();
    void providersOutliveTheRegistry();
};

namespace {

constexpr auto kNoSuchProtocol = static_cast<Protocol>(-1);

ProviderConfig provider(QByteArray id, Protocol protocol = Protocol::OpenAi)
{
    ProviderConfig config;
    config.id = std::move(id);
    config.protocol = protocol;
    return config;
}

} // namespace

void ProviderRegistryTest::findsProvidersByExactId()
{
    const ProviderRegistry registry({provider("openai"), provider("local", Protocol::Simulator)});
    QVERIFY(registry.find("openai"));
    QCOMPARE(registry.find("openai")->config().id, "openai");
    QCOMPARE(registry.find("local")->config().id, "local");
    QVERIFY(!registry.find("OpenAI"));
    QVERIFY(!registry.find("simulator"));
    QVERIFY(!registry.find(""));
}

void ProviderRegistryTest::severalProvidersMayHaveOneProtocol()
{
    const ProviderRegistry registry({provider("groq"), provider("deepseek")});
    QVERIFY(registry.find("groq"));
    QVERIFY(registry.find("deepseek"));
    QVERIFY(registry.find("groq") != registry.find("deepseek"));
}

void ProviderRegistryTest::responsesTargetsGetTheirOwnProtocol()
{
    const ProviderRegistry registry({provider("openai"), provider("local", Protocol::Simulator)});
    QVERIFY(registry.find("openai", true));
    QVERIFY(registry.find("openai", true) != registry.find("openai"));
    QCOMPARE(registry.find("openai", true)->config().id, "openai");
    // A protocol without it is asked as ever.
    QCOMPARE(registry.find("local", true), registry.find("local"));
}

void ProviderRegistryTest::leavesOutProtocolsItCannotSpeak()
{
    const ProviderRegistry registry({provider("odd", kNoSuchProtocol), provider("openai")});
    QVERIFY(!registry.find("odd"));
    QVERIFY(registry.find("openai"));
    QVERIFY(!ProviderRegistry::isSupported(kNoSuchProtocol));
    using enum Protocol;
    for (const Protocol protocol : {Anthropic, Gemini, Ollama, OpenAi, Simulator})
        QVERIFY(ProviderRegistry::isSupported(protocol));
}

void ProviderRegistryTest::providersOutliveTheRegistry()
{
    auto registry = std::make_unique<ProviderRegistry>(std::vector{provider("openai")});
    const std::shared_ptr<const Provider> kept = registry->find("openai");
    registry.reset();
    QCOMPARE(kept->config().id, "openai");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ProviderRegistryTest)
#include "tst_provider_registry.moc"
