// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"
#include "gateway/routing/target_choice.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

namespace {

using Targets = QList<QByteArray>;

// "openai/gpt-4o" or "openai" for a target without model.
std::vector<TargetConfig> targetsOf(const Targets &texts)
{
    std::vector<TargetConfig> targets;
    for (const QByteArray &text : texts) {
        const qsizetype slash = text.indexOf('/');
        targets.push_back(slash < 0 ? test::target(text) : test::target(text.first(slash), text.sliced(slash + 1)));
    }
    return targets;
}

QByteArray textOf(const std::vector<Candidate> &candidates)
{
    QByteArrayList texts;
    for (const Candidate &candidate : candidates)
        texts << candidate.reportedModel();
    return texts.join(' ');
}

QByteArray textOf(const Result<std::vector<Candidate>> &candidates)
{
    return candidates ? textOf(*candidates) : candidates.error().reason;
}

RequestedModel requested(const Config &config, const QByteArray &model, const QByteArray &providerHeader = {})
{
    HeaderList headers;
    if (!providerHeader.isEmpty())
        headers.add("X-LunarGate-Provider", providerHeader);
    return resolveRequestedModel(config, headers, model).value();
}

} // namespace

class TestTargetChoice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsWhoIsLeftOutAndWhy()
    {
        using Reason = LeftOutTarget::Reason;
        Config config = test::someProviders();
        RouteConfig route = test::route("main", targetsOf({"openai/a", "openai/b", "openai", "groq/a", "local"}),
                                        targetsOf({"openai/a", "groq/x", "local", "openai/b"}));
        route.targets[3].weight = route.fallback[3].weight = 0;
        const auto leftOut = [&](const QByteArray &model) {
            std::vector<LeftOutTarget> result;
            (void)servingTargets(config, route, requested(config, model), &result);
            (void)servingFallbacks(config, route, requested(config, model), &result);
            QByteArrayList texts;
            for (const LeftOutTarget &one : result) {
                texts << (one.isFallback ? "f" : "t") + QByteArray::number(qulonglong{one.index}) + ' ' +
                             QByteArray::number(int(one.reason));
            }
            return texts.join(", ");
        };
        const auto text = [](const char *who, Reason reason) { return who + (' ' + QByteArray::number(int(reason))); };
        QCOMPARE(leftOut(""), QByteArrayList({text("t3", Reason::Drained), text("t4", Reason::NoModel),
                                              text("f2", Reason::NoModel), text("f3", Reason::Drained)})
                                  .join(", "));
        QCOMPARE(leftOut("a"), QByteArrayList({text("t1", Reason::OtherModel), text("t2", Reason::NamedElsewhere),
                                               text("t3", Reason::Drained), text("t4", Reason::NamedElsewhere),
                                               text("f3", Reason::Drained)})
                                   .join(", "));
        QCOMPARE(leftOut("openai/a"),
                 QByteArrayList({text("t1", Reason::OtherModel), text("t3", Reason::OtherProvider),
                                 text("t4", Reason::OtherProvider), text("f1", Reason::OtherProvider),
                                 text("f2", Reason::OtherProvider), text("f3", Reason::OtherModel)})
                     .join(", "));
    }

    void choosesTargetsThatServeTheWish_data()
    {
        QTest::addColumn<Targets>("targets");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *scenario, const Targets &targets, const char *provider, const char *model,
                            const char *result) {
            QTest::newRow(scenario) << targets << QByteArray(provider) << QByteArray(model) << QByteArray(result);
        };
        const Targets two = {"openai/gpt-4o", "anthropic/claude"};
        row("no wish: all", two, "", "", "openai/gpt-4o anthropic/claude");
        row("plain name of one", two, "", "claude", "anthropic/claude");
        row("canonical", two, "", "anthropic/claude", "anthropic/claude");
        row("provider only", two, "anthropic", "", "anthropic/claude");
        row("provider not in route", two, "groq", "", "provider_not_in_route");
        row("auto with provider not in route", two, "groq", "lunargate/auto", "provider_not_in_route");
        row("provider not in route, with model", two, "", "groq/llama", "provider_not_in_route");
        row("model not in route", two, "", "gpt-5", "model_not_in_route");
        row("model of another provider", two, "", "openai/claude", "model_not_in_route");
        row("slash that is no provider", two, "", "meta-llama/llama-3", "model_not_in_route");

        row("any model of the provider", {"groq"}, "", "groq/llama", "groq/llama");
        row("any model, plain", {"groq"}, "", "llama", "groq/llama");
        row("any model, plain with slash", {"openrouter"}, "", "meta-llama/llama-3", "openrouter/meta-llama/llama-3");
        row("target by a name with slash", {"openrouter/meta-llama/llama-3"}, "", "meta-llama/llama-3",
            "openrouter/meta-llama/llama-3");
        row("plain name prefers targets that have it", {"groq", "openai/gpt-4o"}, "", "gpt-4o", "openai/gpt-4o");
        row("plain name that only open targets serve", {"groq", "openai/gpt-4o", "openrouter"}, "", "llama",
            "groq/llama openrouter/llama");
        row("canonical takes exact and open targets", {"openai", "openai/gpt-4o", "openai/o3"}, "", "openai/gpt-4o",
            "openai/gpt-4o openai/gpt-4o");
        row("same model of two providers", {"openai/gpt-4o", "openrouter/gpt-4o"}, "", "gpt-4o",
            "openai/gpt-4o openrouter/gpt-4o");

        row("default of the provider", {"anthropic"}, "", "", "anthropic/claude-sonnet");
        row("nobody names a model", {"local"}, "", "", "model_required");
        row("those without any model are left out", {"local", "openai/gpt-4o"}, "", "", "openai/gpt-4o");
        row("unknown provider is left out", {"gone/x", "openai/gpt-4o"}, "", "", "openai/gpt-4o");
    }

    void choosesTargetsThatServeTheWish()
    {
        QFETCH(Targets, targets);
        QFETCH(QByteArray, provider);
        QFETCH(QByteArray, model);
        const Config config = test::someProviders();
        const RouteConfig route = test::route("r", targetsOf(targets));
        QTEST(textOf(servingTargets(config, route, requested(config, model, provider))), "result");
    }

    void givesEachFallbackItsOwnModel_data()
    {
        QTest::addColumn<Targets>("fallbacks");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *scenario, const Targets &fallbacks, const char *provider, const char *model,
                            const char *result) {
            QTest::newRow(scenario) << fallbacks << QByteArray(provider) << QByteArray(model) << QByteArray(result);
        };
        const Targets two = {"anthropic/claude", "groq/llama"};
        row("no wish", two, "", "", "anthropic/claude groq/llama");
        row("plain name does not bind", two, "", "gpt-4o", "anthropic/claude groq/llama");
        row("plain name goes to open fallbacks", {"groq", "anthropic/claude"}, "", "gpt-4o",
            "groq/gpt-4o anthropic/claude");
        row("pinned provider excludes others", two, "openai", "", "");
        row("pinned provider keeps its own", two, "groq", "", "groq/llama");
        row("pinned model excludes other models", two, "", "groq/mixtral", "");
        row("pinned model stays on open fallbacks", {"openai", "groq"}, "", "openai/o3", "openai/o3");
        row("default of the provider", {"anthropic"}, "", "", "anthropic/claude-sonnet");
        row("no model at all", {"local", "groq/llama"}, "", "", "groq/llama");
    }

    void givesEachFallbackItsOwnModel()
    {
        QFETCH(Targets, fallbacks);
        QFETCH(QByteArray, provider);
        QFETCH(QByteArray, model);
        const Config config = test::someProviders();
        const RouteConfig route = test::route("r", {test::target("openai")}, targetsOf(fallbacks));
        const auto candidates = servingFallbacks(config, route, requested(config, model, provider));
        QTEST(textOf(candidates), "result");
        QVERIFY(std::ranges::all_of(candidates, &Candidate::isFallback));
    }

    void leavesOutDrainedTargets_data()
    {
        QTest::addColumn<Targets>("drained");
        QTest::addColumn<Targets>("others");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *scenario, const Targets &drained, const Targets &others, const char *model,
                            const char *result) {
            QTest::newRow(scenario) << drained << others << QByteArray(model) << QByteArray(result);
        };
        row("one of two", {"openai/gpt-4o"}, {"groq/llama"}, "", "groq/llama");
        row("all", {"openai/gpt-4o", "groq/llama"}, {}, "", "");
        row("the only one of that model", {"openai/gpt-4o"}, {"groq/llama"}, "gpt-4o", "");
        row("the only one of a pinned provider", {"openai/gpt-4o"}, {"groq/llama"}, "openai/gpt-4o", "");
        row("one of two with that model", {"openai/gpt-4o"}, {"openrouter/gpt-4o"}, "gpt-4o", "openrouter/gpt-4o");
        row("its model is not asked of those for any model", {"openai/gpt-4o"}, {"groq"}, "gpt-4o", "");
        row("nobody has the model", {"openai/gpt-4o"}, {"groq/llama"}, "o3", "model_not_in_route");
        row("nobody of the provider", {"openai/gpt-4o"}, {"groq/llama"}, "anthropic/claude", "provider_not_in_route");
    }

    void leavesOutDrainedTargets()
    {
        QFETCH(Targets, drained);
        QFETCH(Targets, others);
        QFETCH(QByteArray, model);
        const Config config = test::someProviders();
        std::vector<TargetConfig> targets = targetsOf(drained + others);
        for (qsizetype index = 0; index < drained.size(); ++index)
            targets[static_cast<std::size_t>(index)].weight = 0;
        QTEST(textOf(servingTargets(config, test::route("r", targets), requested(config, model))), "result");
    }

    void leavesOutDrainedFallbacks()
    {
        const Config config = test::someProviders();
        std::vector<TargetConfig> fallbacks = targetsOf({"openai/gpt-4o", "groq/llama"});
        fallbacks[0].weight = 0;
        const RouteConfig route = test::route("r", {test::target("anthropic")}, fallbacks);
        QCOMPARE(textOf(servingFallbacks(config, route, requested(config, ""))), "groq/llama");
        QCOMPARE(textOf(servingFallbacks(config, route, requested(config, "openai/gpt-4o"))), "");
    }

    void tellsWhatIsAvailable_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("param");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("provider by header")
            << QByteArray("anthropic") << QByteArray() << QByteArray("X-LunarGate-Provider")
            << QByteArray("requested provider is not available for this route: \"main\" has no target of "
                          "\"anthropic\"; available are: openai, groq");
        QTest::newRow("provider in the model")
            << QByteArray() << QByteArray("anthropic/claude") << QByteArray("model")
            << QByteArray("requested provider is not available for this route: \"main\" has no target of "
                          "\"anthropic\"; available are: openai, groq");
        QTest::newRow("model") << QByteArray() << QByteArray("openai/o3") << QByteArray("model")
                               << QByteArray("requested model is not available for this route: \"main\" has no target "
                                             "for \"openai/o3\"; available are: openai/gpt-4o, openai/gpt-5, groq/*");
    }

    void tellsWhatIsAvailable()
    {
        QFETCH(QByteArray, provider);
        QFETCH(QByteArray, model);
        const Config config = test::someProviders();
        const RouteConfig route =
            test::route("main", targetsOf({"openai/gpt-4o", "openai/gpt-5", "groq", "openai/gpt-4o"}));
        const auto result = servingTargets(config, route, requested(config, model, provider));
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::InvalidRequest);
        QTEST(result.error().param, "param");
        QTEST(result.error().message, "message");
    }

    void remembersWhichTargetItIs()
    {
        const Config config = test::someProviders();
        std::vector<TargetConfig> targets = targetsOf({"openai/gpt-4o", "anthropic/claude"});
        targets[1].responsesUpstream = true;
        const RouteConfig route = test::route("r", targets);
        const auto candidates = servingTargets(config, route, requested(config, "claude"));
        QVERIFY(candidates);
        QCOMPARE(candidates->size(), std::size_t{1});
        QCOMPARE(candidates->front().targetIndex, std::size_t{1});
        QCOMPARE(candidates->front().target, &route.targets[1]);
        QVERIFY(candidates->front().responsesUpstream);
        QVERIFY(!candidates->front().isFallback);
        QCOMPARE(candidates->front().provider, config.provider("anthropic"));
    }
};

QTEST_APPLESS_MAIN(TestTargetChoice)
#include "tst_target_choice.moc"
