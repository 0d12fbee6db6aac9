// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"
#include "gateway/providers/target_overrides.h"

#include <QTest>

namespace lunargate {

/// What a target has otherwise than its provider, up to the provider object that its requests get.
class TargetOverridesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void theNarrowestTimeLimitWins();
    void limitsThatNobodySetsStayOpen();
    void samplingReplacesTheProvidersDefaults();
    void headersAreAddedOrReplaced();
    void targetsGetProvidersOfTheirOwn();
    void targetsWithoutOverridesShareTheProvider();
    void theRoutesTimeLimitsMakeAProviderToo();
    void bothProtocolsOfAProviderAreOverridden();
    void unknownProvidersAreLeftOut();

private:
    const TargetConfig &target(std::size_t index = 0) const { return m_config.routing.routes[0].targets[index]; }

    Config m_config; // a provider, a route with two targets of it
};

void TargetOverridesTest::init()
{
    QTest::failOnWarning();
    m_config = {};
    ProviderConfig provider;
    provider.id = "openai";
    provider.baseUrl = "http://openai.test/v1";
    provider.headers = {{"x-team", "red"}, {"x-plan", "free"}};
    provider.temperature = 0.5;
    provider.maxTokens = 100;
    provider.timeouts.total = 5min;
    m_config.providers = {provider};
    RouteConfig route;
    route.targets = {{.provider = "openai", .model = "a"}, {.provider = "openai", .model = "b"}};
    m_config.routing.routes = {route};
}

void TargetOverridesTest::theNarrowestTimeLimitWins()
{
    ProviderConfig provider;
    provider.timeouts = {.connect = 1s, .headers = 1s, .firstContent = 1s, .betweenChunks = 0s, .total = 1s};
    RouteConfig route;
    route.timeouts = {.connect = 2s, .headers = 2s, .firstContent = 0s, .betweenChunks = {}, .total = {}};
    TargetConfig target;
    target.overrides.timeouts = {.connect = 3s, .headers = {}, .firstContent = {}, .betweenChunks = {}, .total = 3s};
    const TimeoutsConfig merged = withOverrides(provider, effectiveOverrides(route, target)).timeouts;
    // 0 is a value too: no limit.
    QCOMPARE(merged,
             (TimeoutsConfig{.connect = 3s, .headers = 2s, .firstContent = 0s, .betweenChunks = 0s, .total = 3s}));
}

void TargetOverridesTest::limitsThatNobodySetsStayOpen()
{
    const TargetOverrides overrides = effectiveOverrides(RouteConfig(), TargetConfig());
    QCOMPARE(overrides, TargetOverrides());
    QCOMPARE(withOverrides(ProviderConfig(), overrides).timeouts, TimeoutsConfig());
}

void TargetOverridesTest::samplingReplacesTheProvidersDefaults()
{
    TargetOverrides overrides;
    overrides.temperature = 0;
    overrides.topK = 7;
    ProviderConfig provider = withOverrides(m_config.providers[0], overrides);
    QCOMPARE(provider.temperature, 0.0);
    QCOMPARE(provider.topK, 7);
    QCOMPARE(provider.maxTokens, 100);
    QVERIFY(!provider.topP);
    overrides.topP = 0.9;
    overrides.maxTokens = 5;
    provider = withOverrides(m_config.providers[0], overrides);
    QCOMPARE(provider.topP, 0.9);
    QCOMPARE(provider.maxTokens, 5);
}

void TargetOverridesTest::headersAreAddedOrReplaced()
{
    TargetOverrides overrides;
    overrides.headers = {{"x-team", "blue"}, {"x-region", "eu"}};
    const auto headers = withOverrides(m_config.providers[0], overrides).headers;
    QCOMPARE(headers, (std::map<QByteArray, QByteArray>{{"x-team", "blue"}, {"x-plan", "free"}, {"x-region", "eu"}}));
}

void TargetOverridesTest::targetsGetProvidersOfTheirOwn()
{
    m_config.routing.routes[0].targets[0].overrides.temperature = 1.5;
    m_config.routing.routes[0].fallback = {{.provider = "openai", .model = "c"}};
    m_config.routing.routes[0].fallback[0].overrides.timeouts.total = 9min;
    const ProviderRegistry registry(m_config);
    QCOMPARE(registry.find("openai", false, &target())->config().temperature, 1.5);
    QCOMPARE(registry.find("openai", false, &target())->config().id, "openai");
    const ProviderConfig &fallback = registry.find("openai", false, &m_config.routing.routes[0].fallback[0])->config();
    QCOMPARE(fallback.timeouts.total, 9min);
    QCOMPARE(fallback.temperature, 0.5);
    QCOMPARE(registry.find("openai")->config().temperature, 0.5);
    QCOMPARE(registry.find("openai")->config().timeouts.total, 5min);
}

void TargetOverridesTest::targetsWithoutOverridesShareTheProvider()
{
    m_config.routing.routes[0].targets[0].overrides.temperature = 1.5;
    const ProviderRegistry registry(m_config);
    QCOMPARE(registry.find("openai", false, &target(1)), registry.find("openai"));
    QVERIFY(registry.find("openai", false, &target(0)) != registry.find("openai"));
}

void TargetOverridesTest::theRoutesTimeLimitsMakeAProviderToo()
{
    m_config.routing.routes[0].timeouts.headers = 4s;
    const ProviderRegistry registry(m_config);
    QCOMPARE(registry.find("openai", false, &target(1))->config().timeouts.headers, 4s);
    QCOMPARE(registry.find("openai", false, &target(1))->config().timeouts.total, 5min);
    QVERIFY(!registry.find("openai")->config().timeouts.headers); // where no route serves
}

void TargetOverridesTest::bothProtocolsOfAProviderAreOverridden()
{
    m_config.routing.routes[0].targets[0].overrides.temperature = 1.5;
    const ProviderRegistry registry(m_config);
    const auto responses = registry.find("openai", true, &target());
    QCOMPARE(responses->config().temperature, 1.5);
    QVERIFY(responses != registry.find("openai", false, &target()));
    QVERIFY(responses != registry.find("openai", true));
}

void TargetOverridesTest::unknownProvidersAreLeftOut()
{
    m_config.routing.routes[0].targets[0].provider = "gone";
    m_config.routing.routes[0].targets[0].overrides.temperature = 1.5;
    const ProviderRegistry registry(m_config);
    QVERIFY(!registry.find("gone", false, &target()));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TargetOverridesTest)
#include "tst_target_overrides.moc"
