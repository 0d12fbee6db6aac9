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
    void severalProvidersMayBeOfOneType();
    void responsesTargetsGetTheirOwnProtocol();
    void leavesOutTypesItCannotCall();
    void providersOutliveTheRegistry();
};

namespace {

ProviderConfig provider(QByteArray id, QByteArray type)
{
    ProviderConfig config;
    config.id = std::move(id);
    config.type = std::move(type);
    return config;
}

} // namespace

void ProviderRegistryTest::findsProvidersByExactId()
{
    const ProviderRegistry registry({provider("openai", "openai"), provider("local", "simulator")});
    QVERIFY(registry.find("openai"));
    QCOMPARE(registry.find("openai")->config().type, "openai");
    QCOMPARE(registry.find("local")->config().id, "local");
    QVERIFY(!registry.find("OpenAI"));
    QVERIFY(!registry.find("simulator"));
    QVERIFY(!registry.find(""));
}

void ProviderRegistryTest::severalProvidersMayBeOfOneType()
{
    const ProviderRegistry registry({provider("groq", "openai"), provider("deepseek", "openai")});
    QVERIFY(registry.find("groq"));
    QVERIFY(registry.find("deepseek"));
    QVERIFY(registry.find("groq") != registry.find("deepseek"));
}

void ProviderRegistryTest::responsesTargetsGetTheirOwnProtocol()
{
    const ProviderRegistry registry({provider("openai", "openai"), provider("local", "simulator")});
    QVERIFY(registry.find("openai", true));
    QVERIFY(registry.find("openai", true) != registry.find("openai"));
    QCOMPARE(registry.find("openai", true)->config().id, "openai");
    // A type without it is asked as ever.
    QCOMPARE(registry.find("local", true), registry.find("local"));
}

void ProviderRegistryTest::leavesOutTypesItCannotCall()
{
    const ProviderRegistry registry({provider("odd", "no-such-type"), provider("openai", "openai")});
    QVERIFY(!registry.find("odd"));
    QVERIFY(registry.find("openai"));
    QVERIFY(!ProviderRegistry::isSupported("no-such-type"));
    QVERIFY(!ProviderRegistry::isSupported(""));
    QVERIFY(ProviderRegistry::isSupported("openai"));
    QVERIFY(ProviderRegistry::isSupported("simulator"));
}

void ProviderRegistryTest::providersOutliveTheRegistry()
{
    auto registry = std::make_unique<ProviderRegistry>(std::vector{provider("openai", "openai")});
    const std::shared_ptr<const Provider> kept = registry->find("openai");
    registry.reset();
    QCOMPARE(kept->config().id, "openai");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ProviderRegistryTest)
#include "tst_provider_registry.moc"
