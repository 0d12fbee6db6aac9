// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/router.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

#include <map>
#include <random>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

using Counts = std::map<QByteArray, int>;

} // namespace

/// How a route's targets share its requests.
class TestRouterBalancing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_now = TimePoint(24h);
        m_turns = std::make_shared<RoundRobinState>();
        m_loads = std::make_shared<TargetLoads>([this] { return m_now; });
        m_config = test::someProviders();
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

    void takesTurnsAmongThoseThatWouldNotRefuse()
    {
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "a"), test::target("groq", "b"), test::target("openai", "c")})};
        const Router router = this->router();
        QByteArrayList chosen;
        for (int round = 0; round < 4; ++round)
            chosen << firstOf(router, "", "", "", refusing({"groq/b"}));
        QCOMPARE(chosen.join(' '), "openai/a openai/c openai/a openai/c");
    }

    void goesOnWithTheTurnsAfterAReload_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("with a name") << QByteArray("main");
        QTest::newRow("without") << QByteArray();
    }

    void goesOnWithTheTurnsAfterAReload()
    {
        QFETCH(QByteArray, name);
        m_config.routing.routes = {test::route(name, {test::target("openai", "a"), test::target("openai", "b")})};
        QCOMPARE(firstOf(router(), ""), "openai/a");
        QCOMPARE(firstOf(router(), ""), "openai/b");
        QCOMPARE(firstOf(router(), ""), "openai/a");
        // What is put before it, or added to it and drained, does not change whose turn it is.
        RouteConfig other = test::route("other", {test::target("groq", "x")});
        other.pathPrefix = "/other";
        m_config.routing.routes.insert(m_config.routing.routes.begin(), other);
        m_config.routing.routes[1].targets.push_back(test::target("openai", "c", 0));
        QCOMPARE(firstOf(router(), ""), "openai/b");
    }

    void routesOfOneNameTakeTurnsOfTheirOwn()
    {
        m_config.routing.routes = {test::route("twin", {test::target("openai", "a"), test::target("openai", "b")}),
                                   test::route("twin", {test::target("groq", "x"), test::target("groq", "y")})};
        m_config.routing.routes[0].headers = {{"x-team", "red"}};
        const Router router = this->router();
        for (const char *expected : {"openai/a groq/x", "openai/b groq/y", "openai/a groq/x"}) {
            const QByteArray red = textOf(router.plan({.path = "/", .headers = {{"X-Team", "red"}}}));
            QCOMPARE(red + ' ' + textOf(router.plan({.path = "/", .headers = {}})), expected);
        }
    }

    // 70/10/30: T99 of the specification.
    void spreadsByWeight()
    {
        m_config.routing.defaultStrategy = Strategy::Weighted;
        m_config.routing.routes = {test::route(
            "main", {test::target("openai", "a", 70), test::target("openai", "b", 10), test::target("groq", "c", 30)})};
        const Counts all = draw(110'000, "");
        QCOMPARE_LT(std::abs(all.at("openai/a") - 70'000), 700);
        QCOMPARE_LT(std::abs(all.at("openai/b") - 10'000), 500);
        QCOMPARE_LT(std::abs(all.at("groq/c") - 30'000), 700);
        const Counts filtered = draw(80'000, "openai");
        QCOMPARE(filtered.size(), std::size_t{2});
        QCOMPARE_LT(std::abs(filtered.at("openai/b") - 10'000), 500);
        const Counts healthy = draw(40'000, "", refusing({"openai/a"}));
        QCOMPARE(healthy.size(), std::size_t{2});
        QCOMPARE_LT(std::abs(healthy.at("openai/b") - 10'000), 500);
    }

    void spreadsAtRandomWithoutWeights()
    {
        m_config.routing.defaultStrategy = Strategy::Random;
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "a", 99), test::target("openai", "b", 1)})};
        const Counts counts = draw(20'000, "");
        QCOMPARE_LT(std::abs(counts.at("openai/a") - 10'000), 300);
    }

    void theRoutesOwnStrategyWins()
    {
        m_config.routing.defaultStrategy = Strategy::Random;
        m_config.routing.routes = {test::route("main", {test::target("openai", "a"), test::target("openai", "b")})};
        m_config.routing.routes[0].strategy = Strategy::RoundRobin;
        const Router router = this->router();
        for (int round = 0; round < 10; ++round) {
            QCOMPARE(firstOf(router, ""), "openai/a");
            QCOMPARE(firstOf(router, ""), "openai/b");
        }
    }

    void drainedTargetsGetNothing_data()
    {
        QTest::addColumn<Strategy>("strategy");
        using enum Strategy;
        QTest::newRow("round-robin") << RoundRobin;
        QTest::newRow("weighted") << Weighted;
        QTest::newRow("random") << Random;
        QTest::newRow("least-pending") << LeastPending;
        QTest::newRow("latency") << Latency;
    }

    void drainedTargetsGetNothing()
    {
        QFETCH(Strategy, strategy);
        m_config.routing.defaultStrategy = strategy;
        m_config.routing.routes = {test::route(
            "main", {test::target("openai", "a", 0), test::target("openai", "b", 1), test::target("groq", "c", 1)})};
        const Counts counts = draw(100, "");
        QCOMPARE(counts.size(), std::size_t{2});
        QVERIFY(!counts.contains("openai/a"));
        // Not even if the others would refuse.
        QVERIFY(!draw(100, "", refusing({"openai/b", "groq/c"})).contains("openai/a"));
        QCOMPARE(firstOf(router(), "openai/a"), "targets_drained");
    }

    void thoseThatWouldRefuseComeOnlyWhenAllWould_data() { drainedTargetsGetNothing_data(); }

    void thoseThatWouldRefuseComeOnlyWhenAllWould()
    {
        QFETCH(Strategy, strategy);
        m_config.routing.defaultStrategy = strategy;
        m_config.routing.routes = {test::route("main", {test::target("openai", "a"), test::target("groq", "b")})};
        QCOMPARE(draw(50, "", refusing({"openai/a"})), (Counts{{"groq/b", 50}}));
        QCOMPARE(draw(200, "", refusing({"openai/a", "groq/b"})).size(), std::size_t{2});
        // The client wants nobody else.
        QCOMPARE(draw(5, "openai", refusing({"openai/a"})), (Counts{{"openai/a", 5}}));
    }

    void choosesAmongThoseThatTheClientMayUse()
    {
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "a"), test::target("groq", "b"), test::target("groq", "c")},
                        {test::target("openai", "x"), test::target("groq", "y")})};
        const Router router = this->router();
        const IsAllowed onlyGroq = [](const Candidate &candidate) { return candidate.providerId == "groq"; };
        QByteArrayList chosen;
        for (int round = 0; round < 4; ++round) {
            // Others in between take turns of their own.
            QVERIFY(router.plan({.path = "/", .headers = {}}));
            const RoutePlan plan = router.plan({.path = "/", .headers = {}}, {}, onlyGroq).value();
            chosen << plan.candidates[0].model;
            QCOMPARE(plan.candidates.size(), std::size_t{2});
            QCOMPARE(plan.candidates[1].model, "y");
        }
        QCOMPARE(chosen.join(' '), "b c b c");
        // A target that would refuse is still better than one that is forbidden.
        const auto plan = router.plan({.path = "/", .headers = {}}, refusing({"groq/b", "groq/c"}), onlyGroq);
        QCOMPARE(plan.value().candidates[0].providerId, "groq");
        // Whoever may use nothing is told so by the caller.
        QVERIFY(router.plan({.path = "/", .headers = {}}, {}, [](const Candidate &) { return false; }));
    }

    void prefersTheTargetWithTheFewestCalls()
    {
        m_config.routing.defaultStrategy = Strategy::LeastPending;
        m_config.routing.routes = {test::route("main", {test::target("openai", "a", 2), test::target("groq", "b", 1)})};
        const Router router = this->router();
        std::map<QByteArray, std::vector<TargetCall>> calls;
        for (int request = 0; request < 30; ++request) {
            const RoutePlan plan = planFor(router, "").value();
            calls[plan.candidates[0].reportedModel()].emplace_back(plan.candidates[0].load);
        }
        QCOMPARE(calls["openai/a"].size(), std::size_t{20});
        QCOMPARE(calls["groq/b"].size(), std::size_t{10});
        calls["groq/b"].clear();
        for (int request = 0; request < 5; ++request)
            QCOMPARE(firstOf(this->router(), ""), "groq/b"); // after a reload too
    }

    void callsOfOtherRoutesCountToo()
    {
        m_config.routing.routes = {test::route("turns", {test::target("openai", "a")}),
                                   test::route("chat", {test::target("openai", "a"), test::target("groq", "b")},
                                               {test::target("anthropic", "c")})};
        m_config.routing.routes[1].strategy = Strategy::LeastPending;
        const Router router = this->router();
        const TargetCall call(planFor(router, "", "turns").value().candidates[0].load);
        for (int request = 0; request < 5; ++request)
            QCOMPARE(firstOf(router, "", "chat"), "groq/b");
        QVERIFY(planFor(router, "", "chat").value().candidates[1].load); // that of the fallback
    }

    void nothingIsCountedWhereNobodyWantsToKnow()
    {
        m_config.routing.routes = {test::route("main", {test::target("openai", "a"), test::target("groq", "b")})};
        const Router router = this->router();
        QVERIFY(!planFor(router, "").value().candidates[0].load);
        QCOMPARE(m_loads->size(), std::size_t{0});
    }

    void prefersTheFastTarget()
    {
        m_config.routing.defaultStrategy = Strategy::Latency;
        m_config.routing.routes = {test::route("main", {test::target("openai", "fast"), test::target("groq", "slow")})};
        const Router router = this->router();
        Counts counts;
        for (int request = 0; request < 100; ++request) {
            m_now += 1s;
            const RoutePlan plan = planFor(router, "").value();
            const QByteArray model = plan.candidates[0].reportedModel();
            ++counts[model];
            TargetCall call(plan.candidates[0].load);
            m_now += model == "groq/slow" ? 900ms : 300ms;
            call.answered();
        }
        // It is tried once, and again from time to time.
        QCOMPARE_GE(counts["groq/slow"], 2);
        QCOMPARE_LE(counts["groq/slow"], 5);
    }

    void fastFailuresDoNotAttract()
    {
        m_config.routing.defaultStrategy = Strategy::Latency;
        m_config.routing.routes = {
            test::route("main", {test::target("openai", "good"), test::target("groq", "broken")})};
        const Router router = this->router();
        Counts counts;
        for (int request = 0; request < 200; ++request) {
            m_now += 500ms;
            const RoutePlan plan = planFor(router, "").value();
            const QByteArray model = plan.candidates[0].reportedModel();
            ++counts[model];
            TargetCall call(plan.candidates[0].load);
            if (model == "groq/broken") {
                m_now += 1ms;
                call.failed();
            } else {
                m_now += 2s;
                call.answered();
            }
        }
        QCOMPARE_LE(counts["groq/broken"], 10);
    }

    // Where many requests come before the first answer, an old memory of a target is no reason to send all of them.
    void aSlowTargetThatWasForgottenGetsOneCall()
    {
        m_config.routing.defaultStrategy = Strategy::Latency;
        m_config.routing.routes = {test::route("main", {test::target("openai", "fast"), test::target("groq", "slow")})};
        const Router router = this->router();
        finish("groq", "slow", 5s);
        m_now += 10min;
        finish("openai", "fast", 300ms);
        std::vector<TargetCall> calls;
        Counts counts;
        for (int request = 0; request < 10; ++request) {
            const RoutePlan plan = planFor(router, "").value();
            ++counts[plan.candidates[0].reportedModel()];
            calls.emplace_back(plan.candidates[0].load);
        }
        QCOMPARE(counts["groq/slow"], 1);
    }

    void previewsWithoutTakingATurn()
    {
        m_config.routing.routes = {test::route(
            "main", {test::target("openai", "a"), test::target("openai", "b"), test::target("openai", "c", 0)},
            {test::target("groq", "x"), test::target("openai", "y", 0)})};
        const Router router = this->router();
        QCOMPARE(previewOf(router), "a 0.5 next, b 0.5");
        QCOMPARE(previewOf(router), "a 0.5 next, b 0.5");
        QCOMPARE(firstOf(router, ""), "openai/a");
        QCOMPARE(previewOf(router), "a 0.5, b 0.5 next");
        QCOMPARE(previewOf(router, refusing({"openai/b"})), "a 1 next, b 0 refused");
        const RoutePreview preview = router.preview({.path = "/", .headers = {}}).value();
        QCOMPARE(preview.routeName, "main");
        QCOMPARE(preview.strategy, Strategy::RoundRobin);
        QCOMPARE(preview.fallbacks.size(), std::size_t{1});
        QCOMPARE(preview.fallbacks[0].reportedModel(), "groq/x");
    }

    void previewsChances()
    {
        m_config.routing.defaultStrategy = Strategy::Weighted;
        m_config.routing.routes = {test::route(
            "main", {test::target("openai", "a", 3), test::target("groq", "b", 1), test::target("groq", "c", 4)})};
        QCOMPARE(previewOf(router()), "a 0.375, b 0.125, c 0.5");
        QCOMPARE(previewOf(router(), refusing({"groq/c"})), "a 0.75, b 0.25, c 0 refused");
        m_config.routing.defaultStrategy = Strategy::LeastPending;
        const Router router = this->router();
        const TargetCall call(m_loads->of("openai", "a"));
        QCOMPARE(previewOf(router), "a 0, b 0.2, c 0.8");
        const TargetCall another(m_loads->of("groq", "c"));
        QCOMPARE(previewOf(router), "a 0, b 1 next, c 0");
    }

    void previewsFailAsPlansDo()
    {
        m_config.routing.routes = {test::route("main", {test::target("openai", "a", 0)})};
        QCOMPARE(router().preview({.path = "/", .headers = {}}).error().reason, "targets_drained");
    }

    void previewsDirectAnswers()
    {
        const Router router = this->router();
        const auto preview = router.preview(
            {.path = "/v1/embeddings",
             .headers = {},
             .requested = {.provider = "openai", .model = "e", .name = {}, .providerParam = {}, .modelParam = {}},
             .directRoute = "embeddings-direct"});
        QVERIFY(preview);
        QCOMPARE(preview->routeName, "embeddings-direct");
        QCOMPARE(textOf(*preview), "e 1 next");
    }

private:
    Router router(RandomSource random = threadLocalRandom) const
    {
        return Router(std::make_shared<const Config>(m_config), m_turns, m_loads, std::move(random));
    }

    static IsRefused refusing(const QByteArrayList &models)
    {
        return [models](const Candidate &candidate) { return models.contains(candidate.reportedModel()); };
    }

    static Result<RoutePlan> planFor(const Router &router, const QByteArray &model, const QByteArray &routeName = {},
                                     const QByteArray &provider = {}, const IsRefused &isRefused = {})
    {
        HeaderList headers;
        headers.add("X-LunarGate-Route", routeName);
        headers.add("X-LunarGate-Provider", provider);
        const Result<RequestedModel> requested = router.requestedModel(headers, model);
        if (!requested)
            return std::unexpected(requested.error());
        return router.plan({.path = "/v1/chat/completions", .headers = headers, .requested = *requested}, isRefused);
    }

    static QByteArray textOf(const Result<RoutePlan> &plan)
    {
        return plan ? plan->candidates.front().reportedModel() : plan.error().reason;
    }

    static QByteArray firstOf(const Router &router, const QByteArray &model, const QByteArray &routeName = {},
                              const QByteArray &provider = {}, const IsRefused &isRefused = {})
    {
        return textOf(planFor(router, model, routeName, provider, isRefused));
    }

    static QByteArray textOf(const RoutePreview &preview)
    {
        QByteArrayList texts;
        for (const RoutePreview::Target &target : preview.targets)
            texts << target.candidate.model + ' ' + QByteArray::number(target.chance) + (target.isNext ? " next" : "") +
                         (target.isRefused ? " refused" : "");
        return texts.join(", ");
    }

    static QByteArray previewOf(const Router &router, const IsRefused &isRefused = {})
    {
        const auto preview = router.preview({.path = "/", .headers = {}}, isRefused);
        return preview ? textOf(*preview) : preview.error().reason;
    }

    Counts draw(int requests, const QByteArray &provider, const IsRefused &isRefused = {}) const
    {
        auto generator = std::make_shared<std::mt19937_64>(1);
        const Router seeded = router([generator] { return std::uniform_real_distribution<double>{}(*generator); });
        Counts counts;
        for (int request = 0; request < requests; ++request)
            ++counts[firstOf(seeded, "", {}, provider, isRefused)];
        return counts;
    }

    void finish(const QByteArray &provider, const QByteArray &model, std::chrono::milliseconds after)
    {
        TargetCall call(m_loads->of(provider, model));
        m_now += after;
        call.answered();
    }

    TimePoint m_now;
    std::shared_ptr<RoundRobinState> m_turns;
    std::shared_ptr<TargetLoads> m_loads;
    Config m_config;
};

QTEST_APPLESS_MAIN(TestRouterBalancing)
#include "tst_router_balancing.moc"
