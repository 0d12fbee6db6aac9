// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/router.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

#include <random>

using namespace lunargate;

namespace {

using Counts = std::map<QByteArray, int>;

} // namespace

class TestRouter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_turns = std::make_shared<RoundRobinState>();
        m_config = test::someProviders();
    }

    void putsTheTargetFirstAndFallbacksAfterIt()
    {
        m_config.routing.routes = {test::route("main", {test::target("openai", "gpt-4o")},
                                               {test::target("anthropic", "claude"), test::target("groq", "llama")})};
        const Router router = this->router(); // the plan points into its configuration
        const auto plan = planFor(router, "lunargate/auto");
        QVERIFY(plan);
        QCOMPARE(plan->routeName, "main");
        QCOMPARE(textOf(*plan), "openai/gpt-4o anthropic/claude groq/llama");
        QVERIFY(!plan->candidates[0].isFallback);
        QVERIFY(plan->candidates[1].isFallback && plan->candidates[2].isFallback);
        QCOMPARE(plan->candidates[2].targetIndex, std::size_t{1});
        QCOMPARE(plan->candidates[2].provider->id, "groq");
    }

    void namesNoUpstreamTwice()
    {
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "gpt-4o")},
                        {test::target("openai", "gpt-4o"), test::target("openai", "o3"), test::target("groq", "llama"),
                         test::target("openai", "o3"), test::target("openai")})};
        QCOMPARE(textOf(planFor(router(), "").value()), "openai/gpt-4o openai/o3 groq/llama");
    }

    void reportsWhatIsReallySent()
    {
        m_config.routing.routes = {test::route("main", {test::target("openai", "gpt-4o"), test::target("groq")})};
        const auto plan = planFor(router(), "llama-3");
        QVERIFY(plan);
        QCOMPARE(plan->candidates.front().model, "llama-3");
        QCOMPARE(plan->candidates.front().reportedModel(), "groq/llama-3");
    }

    void failsWhereTheMatchedRouteCannotServe()
    {
        m_config.routing.routes = {test::route("first", {test::target("openai", "gpt-4o")}),
                                   test::route("second", {test::target("anthropic", "claude")})};
        // The second route could, but only the first one that matches counts.
        const auto plan = planFor(router(), "anthropic/claude");
        QVERIFY(!plan);
        QCOMPARE(plan.error().reason, "provider_not_in_route");
        m_config.routing.routes.clear();
        QCOMPARE(planFor(router(), "").error().kind, ErrorKind::NoRoute);
    }

    void takesTurnsExactlyWhateverElseIsAsked()
    {
        m_config.routing.routes = {
            test::route("abc", {test::target("openai", "a"), test::target("openai", "b"), test::target("openai", "c")}),
            test::route("xy", {test::target("groq", "x"), test::target("groq", "y")})};
        const Router router = this->router();
        QByteArrayList abc, xy, pinned;
        for (int round = 0; round < 6; ++round) {
            abc << firstOf(router, "", "abc");
            xy << firstOf(router, "", "xy");
            xy << firstOf(router, "", "xy");
            pinned << firstOf(router, "openai/b", "abc");
        }
        QCOMPARE(abc.join(' '), "openai/a openai/b openai/c openai/a openai/b openai/c");
        QCOMPARE(xy.join(' '), "groq/x groq/y groq/x groq/y groq/x groq/y groq/x groq/y groq/x groq/y groq/x groq/y");
        QCOMPARE(pinned.count("openai/b"), 6);
    }

    void takesTurnsAmongTheTargetsOfOneProvider()
    {
        m_config.routing.routes = {test::route("main", {test::target("openai", "a"), test::target("openai", "b"),
                                                        test::target("groq", "x"), test::target("groq", "y")})};
        const Router router = this->router();
        QByteArrayList openai, groq;
        for (int round = 0; round < 4; ++round) {
            openai << firstOf(router, "", "", "openai");
            groq << firstOf(router, "", "", "groq");
        }
        QCOMPARE(openai.join(' '), "openai/a openai/b openai/a openai/b");
        QCOMPARE(groq.join(' '), "groq/x groq/y groq/x groq/y");
    }

    void goesOnWithTheTurnsAfterAReload()
    {
        m_config.routing.routes = {test::route("main", {test::target("openai", "a"), test::target("openai", "b")})};
        QCOMPARE(firstOf(router(), ""), "openai/a");
        QCOMPARE(firstOf(router(), ""), "openai/b");
        QCOMPARE(firstOf(router(), ""), "openai/a");
    }

    void spreadsByWeight()
    {
        m_config.routing.defaultStrategy = Strategy::Weighted;
        m_config.routing.routes = {test::route(
            "main", {test::target("openai", "a", 70), test::target("openai", "b", 0), test::target("groq", "c", 29)})};
        const Counts all = draw(100'000, "");
        QCOMPARE_LT(std::abs(all.at("openai/a") - 70'000), 700);
        QCOMPARE_LT(std::abs(all.at("openai/b") - 1'000), 200);
        QCOMPARE_LT(std::abs(all.at("groq/c") - 29'000), 700);
        const Counts filtered = draw(71'000, "openai");
        QCOMPARE(filtered.size(), std::size_t{2});
        QCOMPARE_LT(std::abs(filtered.at("openai/b") - 1'000), 200);
    }

    void spreadsAtRandomWithoutWeights()
    {
        m_config.routing.defaultStrategy = Strategy::Random;
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "a", 99), test::target("openai", "b", 1)})};
        const Counts counts = draw(20'000, "");
        QCOMPARE_LT(std::abs(counts.at("openai/a") - 10'000), 300);
    }

    void ignoresTheModelWhereItIsOverridden()
    {
        m_config.modelSelection.enabled = true;
        m_config.modelSelection.overrideUserModel = true;
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "gpt-4o")}, {test::target("anthropic", "claude")})};
        QCOMPARE(textOf(planFor(router(), "groq/llama").value()), "openai/gpt-4o anthropic/claude");
        m_config.modelSelection.enabled = false;
        QCOMPARE(planFor(router(), "groq/llama").error().reason, "provider_not_in_route");
    }

    void goesDirectlyToANamedProviderIfAllowed_data()
    {
        QTest::addColumn<QByteArray>("directRoute");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("routeHeader");
        QTest::addColumn<QByteArray>("result");
        const QByteArray direct = "embeddings-direct";
        QTest::newRow("allowed") << direct << QByteArray("openai/text-embedding-3-small") << QByteArray()
                                 << QByteArray("embeddings-direct: openai/text-embedding-3-small");
        QTest::newRow("not allowed") << QByteArray() << QByteArray("openai/x") << QByteArray()
                                     << QByteArray("no_route");
        QTest::newRow("no provider named") << direct << QByteArray("x") << QByteArray() << QByteArray("no_route");
        QTest::newRow("a route was asked for")
            << direct << QByteArray("openai/x") << QByteArray("chat") << QByteArray("no_route");
    }

    void goesDirectlyToANamedProviderIfAllowed()
    {
        QFETCH(QByteArray, directRoute);
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, routeHeader);
        m_config.routing.routes = {
            test::route("chat", {test::target("anthropic", "claude")}, {test::target("groq", "llama")})};
        m_config.routing.routes[0].pathPrefix = "/v1/chat/completions";
        const Router router = this->router();
        const HeaderList headers = {{"X-LunarGate-Route", routeHeader}};
        const auto plan = router.plan({.path = "/v1/embeddings",
                                       .headers = headers,
                                       .requested = router.requestedModel(headers, model).value(),
                                       .directRoute = directRoute});
        QTEST(plan ? plan->routeName + ": " + textOf(*plan) : plan.error().reason, "result");
    }

private:
    Router router(RandomSource random = threadLocalRandom) const
    {
        return Router(std::make_shared<const Config>(m_config), m_turns, std::move(random));
    }

    static Result<RoutePlan> planFor(const Router &router, const QByteArray &model, const QByteArray &routeName = {},
                                     const QByteArray &provider = {})
    {
        HeaderList headers;
        headers.add("X-LunarGate-Route", routeName);
        headers.add("X-LunarGate-Provider", provider);
        const Result<RequestedModel> requested = router.requestedModel(headers, model);
        if (!requested)
            return std::unexpected(requested.error());
        return router.plan({.path = "/v1/chat/completions", .headers = headers, .requested = *requested});
    }

    static QByteArray firstOf(const Router &router, const QByteArray &model, const QByteArray &routeName = {},
                              const QByteArray &provider = {})
    {
        const auto plan = planFor(router, model, routeName, provider);
        return plan ? plan->candidates.front().reportedModel() : plan.error().reason;
    }

    Counts draw(int requests, const QByteArray &provider) const
    {
        auto generator = std::make_shared<std::mt19937_64>(1);
        const Router seeded = router([generator] { return std::uniform_real_distribution<double>{}(*generator); });
        Counts counts;
        for (int request = 0; request < requests; ++request)
            ++counts[firstOf(seeded, "", {}, provider)];
        return counts;
    }

    static QByteArray textOf(const RoutePlan &plan)
    {
        QByteArrayList texts;
        for (const Candidate &candidate : plan.candidates)
            texts << candidate.reportedModel();
        return texts.join(' ');
    }

    std::shared_ptr<RoundRobinState> m_turns;
    Config m_config;
};

QTEST_APPLESS_MAIN(TestRouter)
#include "tst_router.moc"
