// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/router.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

class TestRouter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
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

    void asksTheSameModelByItsOtherProtocol()
    {
        TargetConfig responses = test::target("openai", "gpt-4o");
        responses.responsesUpstream = true;
        m_config.routing.routes = {
            test::route("main", {responses}, {test::target("openai", "gpt-4o"), responses, test::target("groq", "l")})};
        const Router router = this->router();
        const HeaderList headers;
        const auto plan = [&](const QByteArray &requestType) {
            return textOf(router
                              .plan({.path = "/v1/x",
                                     .requestType = requestType,
                                     .headers = headers,
                                     .requested = router.requestedModel(headers, "").value()})
                              .value());
        };
        QCOMPARE(plan("chat_completions"), "openai/gpt-4o openai/gpt-4o groq/l");
        QCOMPARE(plan({}), "openai/gpt-4o groq/l"); // embeddings have no such choice
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

    void triesTheSameModelAgainWhereItIsCalledOtherwise()
    {
        TargetConfig patient = test::target("openai", "gpt-4o");
        patient.overrides.timeouts.total = std::chrono::minutes(10);
        m_config.routing.routes = {test::route("main", {test::target("openai", "gpt-4o")},
                                               {patient, patient, test::target("openai", "gpt-4o")})};
        const Router router = this->router();
        const auto plan = planFor(router, "");
        QVERIFY(plan);
        QCOMPARE(textOf(*plan), "openai/gpt-4o openai/gpt-4o");
        QCOMPARE(plan->candidates[1].target->overrides, patient.overrides);
    }

    void servesByFallbacksWhereAllTargetsAreDrained()
    {
        m_config.routing.routes = {test::route(
            "main", {test::target("openai", "gpt-4o", 0)},
            {test::target("anthropic", "claude"), test::target("groq", "llama", 0), test::target("openai", "o3")})};
        QCOMPARE(textOf(planFor(router(), "").value()), "anthropic/claude openai/o3");
        QVERIFY(planFor(router(), "").value().candidates[0].isFallback);
        QCOMPARE(textOf(planFor(router(), "gpt-4o").value()), "anthropic/claude openai/o3");
        QCOMPARE(planFor(router(), "openai/o3").error().reason, "model_not_in_route"); // as without draining
        QCOMPARE(textOf(planFor(router(), "", {}, "openai").value()), "openai/o3");
    }

    void saysThatNobodyIsLeft_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("no wish") << QByteArray();
        QTest::newRow("pinned") << QByteArray("openai/gpt-4o");
    }

    void saysThatNobodyIsLeft()
    {
        QFETCH(QByteArray, model);
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "gpt-4o", 0)}, {test::target("groq", "llama", 0)})};
        const auto plan = planFor(router(), model);
        QVERIFY(!plan);
        QCOMPARE(plan.error().kind, ErrorKind::NoRoute);
        QCOMPARE(plan.error().reason, "targets_drained");
        QVERIFY(plan.error().message.contains("\"main\""));
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
    Router router() const
    {
        return Router(std::make_shared<const Config>(m_config), std::make_shared<RoundRobinState>(),
                      std::make_shared<TargetLoads>());
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

    static QByteArray textOf(const RoutePlan &plan)
    {
        QByteArrayList texts;
        for (const Candidate &candidate : plan.candidates)
            texts << candidate.reportedModel();
        return texts.join(' ');
    }

    Config m_config;
};

QTEST_APPLESS_MAIN(TestRouter)
#include "tst_router.moc"
