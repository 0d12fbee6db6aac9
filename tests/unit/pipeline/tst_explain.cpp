// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/explain.h"

#include "gateway/api/explanation_json.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/select_model.h"
#include "gateway/pipeline/services.h"

#include <QTest>

#include <random>

using namespace lunargate;

namespace {

/// Configurations and requests without end, small enough that everything meets everything.
class Maker
{
public:
    explicit Maker(unsigned seed) : m_random(seed) {}

    Config config()
    {
        Config config;
        for (const char *id : {"one", "two", "three"}) {
            ProviderConfig provider;
            provider.id = id;
            provider.baseUrl = "http://x.test";
            if (oneIn(2))
                provider.defaultModel = model();
            config.providers.push_back(provider);
        }
        config.modelSelection.enabled = !oneIn(3);
        config.modelSelection.overrideUserModel = oneIn(3);
        config.modelSelection.skills = {{"coding", {"rust"}}};
        config.routing.modelAliases = {{"fast", "two/b"}};
        config.routing.defaultStrategy = strategy();
        for (int count = int(upTo(4)); count > 0; --count)
            config.routing.routes.push_back(route());
        return config;
    }

    QByteArray body()
    {
        const char *const models[] = {"", "a", "b", "one/a", "two/b", "three/c", "lunargate/auto", "fast", "no/x"};
        const char *const texts[] = {"hello", "let x = 1 in rust", "rust", "compare"};
        return R"({"model":")" + QByteArray(models[upTo(8)]) + R"(","messages":[{"role":"user","content":")" +
               texts[upTo(3)] + R"("}]})";
    }

    HeaderList headers()
    {
        HeaderList headers;
        if (oneIn(3))
            headers.add("X-Team", oneIn(2) ? "red" : "blue");
        if (oneIn(5))
            headers.add("X-LunarGate-Route", "r" + QByteArray::number(upTo(3)));
        if (oneIn(5))
            headers.add("X-LunarGate-Provider", oneIn(4) ? "nobody" : "two");
        return headers;
    }

private:
    unsigned upTo(unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(m_random); }
    bool oneIn(unsigned n) { return upTo(n - 1) == 0; }
    QByteArray model() { return QByteArray(1, char('a' + upTo(2))); }
    Strategy strategy() { return static_cast<Strategy>(upTo(4)); }

    TargetConfig target()
    {
        const char *const providers[] = {"one", "two", "three"};
        TargetConfig target;
        target.provider = providers[upTo(2)];
        if (!oneIn(3))
            target.model = model();
        target.weight = int(upTo(2));
        if (oneIn(4))
            target.overrides.topK = 3;
        return target;
    }

    RouteConfig route()
    {
        RouteConfig route;
        route.name = oneIn(5) ? "" : "r" + QByteArray::number(upTo(3));
        if (oneIn(4))
            route.pathPrefix = oneIn(2) ? "/v1/chat" : "/v1/embeddings";
        if (oneIn(3))
            route.headers = {{"x-team", oneIn(3) ? "" : "red"}};
        if (oneIn(4))
            route.headers.insert({"x-lunargate-complexity", oneIn(2) ? "0-1" : "4-5"});
        if (oneIn(4))
            route.headers.insert({"x-lunargate-skill", oneIn(2) ? "coding" : "default"});
        if (oneIn(2))
            route.strategy = strategy();
        for (unsigned count = upTo(4); count > 0; --count)
            route.targets.push_back(target());
        for (unsigned count = upTo(3); count > 0; --count)
            route.fallback.push_back(target());
        return route;
    }

    std::mt19937 m_random;
};

QByteArray idOf(const Candidate &candidate)
{
    return (candidate.isFallback ? "f" : "t") + QByteArray::number(qulonglong{candidate.targetIndex}) + ' ' +
           candidate.reportedModel();
}

/// The way that chat_pipeline.cpp goes.
Result<RoutePlan> planned(const Runtime &runtime, const ChatRequest &request, const HeaderList &headers)
{
    Result<RequestedModel> requested = runtime.router.requestedModel(headers, request.model);
    if (!requested)
        return std::unexpected(requested.error());
    HeaderList found;
    if (runtime.selector.appliesTo(*requested))
        found = runtime.selector.headersOf(runtime.selector.select(selectionInput(request)));
    return runtime.router.plan(chatRouting(headers, *std::move(requested), std::move(found)));
}

} // namespace

class ExplainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    // Whatever is explained is done: for any configuration and any request.
    void agreesWithWhatIsDone()
    {
        int served = 0;
        for (unsigned seed = 0; seed < 1000; ++seed) {
            Maker maker(seed);
            const auto config = std::make_shared<const Config>(maker.config());
            const Services services(*config);
            const Runtime runtime(config, services);
            for (int round = 0; round < 10; ++round) {
                const ExplainedRequest request =
                    readExplainedRequest(*config, ExplainedEndpoint::Chat, maker.body(), maker.headers()).value();
                const Explanation explanation = explainRequest(runtime, request);
                const Result<RoutePlan> plan = planned(runtime, *request.chat(), request.headers);
                const QByteArray problem = difference(explanation, plan, *config);
                QVERIFY2(problem.isEmpty(), ("seed " + QByteArray::number(seed) + ": " + problem + '\n' +
                                             explanationJson(explanation, *config))
                                                .constData());
                served += plan.has_value();
            }
        }
        QCOMPARE_GT(served, 2000);
    }

    void tellsTheNextTurnWithoutTakingIt()
    {
        Config config = twoTargets();
        config.routing.defaultStrategy = Strategy::RoundRobin;
        const auto shared = std::make_shared<const Config>(config);
        const Services services(*shared);
        const Runtime runtime(shared, services);
        const ExplainedRequest request = chat(*shared);
        QCOMPARE(next(explainRequest(runtime, request)), "one/a");
        QCOMPARE(next(explainRequest(runtime, request)), "one/a");
        QVERIFY(planned(runtime, *request.chat(), request.headers));
        QCOMPARE(next(explainRequest(runtime, request)), "one/b");
    }

    void leavesOutWhatTheCallerMayNotUse()
    {
        Config config = twoTargets();
        config.routing.routes.front().fallback = {{.provider = "one", .model = "f"}, {.provider = "one", .model = "g"}};
        const auto explained = [](Config changed, const QByteArray &allowed) {
            const auto shared = std::make_shared<const Config>(std::move(changed));
            const Services services(*shared);
            const Runtime runtime(shared, services);
            const Explanation explanation = explainRequest(
                runtime, chat(*shared), {}, [&](const Candidate &candidate) { return candidate.model == allowed; });
            QByteArrayList ids;
            for (const RoutePreview::Target &target : explanation.routing->preview->targets)
                ids << idOf(target.candidate);
            for (const Candidate &fallback : explanation.routing->preview->fallbacks)
                ids << idOf(fallback);
            for (const LeftOutTarget &leftOut : explanation.routing->leftOut) {
                if (leftOut.reason == LeftOutTarget::Reason::NotAllowed)
                    ids << (leftOut.isFallback ? "no f" : "no t") + QByteArray::number(qulonglong{leftOut.index});
            }
            return ids.join(", ");
        };
        QCOMPARE(explained(config, "a"), "t0 one/a, no t1, no f0, no f1");
        QCOMPARE(explained(config, "g"), "t0 one/a, t1 one/b, f1 one/g, no f0"); // it is told whom it may not use
        QCOMPARE(explained(config, "none"), "t0 one/a, t1 one/b, no f0, no f1");
        for (TargetConfig &target : config.routing.routes.front().targets)
            target.weight = 0;
        QCOMPARE(explained(config, "g"), "f1 one/g, no f0");
        QCOMPARE(explained(config, "none"), "f0 one/f, f1 one/g");
    }

    void ratesNoEmbeddings()
    {
        Config config = twoTargets();
        config.modelSelection.enabled = true;
        const auto shared = std::make_shared<const Config>(config);
        const Services services(*shared);
        const Runtime runtime(shared, services);
        const auto explained = [&](const QByteArray &body) {
            return explainRequest(runtime,
                                  readExplainedRequest(*shared, ExplainedEndpoint::Embeddings, body, {}).value());
        };
        const Explanation served = explained(R"({"model":"a","input":"x"})");
        QVERIFY(!served.error);
        QVERIFY(!served.selection);
        QCOMPARE(served.endpoint, "embeddings");
        QCOMPARE(next(served), "one/a");
        const Explanation open = explained(R"({"model":"lunargate/auto","input":"x"})");
        QVERIFY(open.error);
        QCOMPARE(open.error->reason, "model_required");
        // A named provider answers without a route.
        Config unrouted = config;
        unrouted.routing.routes.clear();
        const auto other = std::make_shared<const Config>(unrouted);
        const Runtime direct(other, services);
        const Explanation alone = explainRequest(
            direct, readExplainedRequest(*other, ExplainedEndpoint::Embeddings, R"({"model":"one/e","input":"x"})", {})
                        .value());
        QVERIFY(!alone.error);
        QVERIFY(!alone.routing->routeIndex);
        QCOMPARE(next(alone), "one/e");
        QVERIFY(explanationJson(alone, *other).contains(R"("route":{"name":"embeddings-direct"})"));
    }

    void failsAsTheEndpointDoes()
    {
        const Config config = twoTargets();
        const auto reason = [&](ExplainedEndpoint endpoint, const QByteArray &body) {
            const Result<ExplainedRequest> request = readExplainedRequest(config, endpoint, body, {});
            return request ? QByteArray() : request.error().reason;
        };
        QCOMPARE(reason(ExplainedEndpoint::Chat, "no"), "invalid_json");
        QCOMPARE(reason(ExplainedEndpoint::Chat, R"({"model":1})"), "invalid_type");
        QCOMPARE(reason(ExplainedEndpoint::Chat, R"({"tools":[1],"functions":[1]})"), "conflicting_tools");
        QVERIFY(!reason(ExplainedEndpoint::Embeddings, R"({"model":"a"})").isEmpty());
        QCOMPARE(reason(ExplainedEndpoint::Messages, R"({"messages":1})"), "invalid_type");
        QCOMPARE(reason(ExplainedEndpoint::OllamaChat, R"({"model":"a"})"), "no_model_call");
    }

    void knowsEndpointsByNameAndPath_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("name"); // empty: none
        const auto row = [](const char *text, const char *name) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(name);
        };
        row("chat_completions", "chat_completions");
        row("/v1/chat/completions", "chat_completions");
        row("http://127.0.0.1:8080/v1/messages?beta=true", "messages");
        row("/messages", "messages");
        row("messages", "messages");
        row("/v1/responses", "responses");
        row("/v1/embeddings", "embeddings");
        row("/api/chat", "ollama_chat");
        row("ollama_generate", "ollama_generate");
        row("/api/embeddings", "");
        row("/v1/messages/count_tokens", "");
        row("/v1/models", "");
        row("", "");
    }

    void knowsEndpointsByNameAndPath()
    {
        QFETCH(const QByteArray, text);
        const std::optional<ExplainedEndpoint> endpoint = explainedEndpoint(text);
        QTEST(endpoint ? nameOf(*endpoint).toByteArray() : QByteArray(), "name");
    }

    void readsBodiesOfAllDialects_data()
    {
        QTest::addColumn<QByteArray>("endpoint");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *endpoint, const char *body) {
            QTest::newRow(endpoint) << QByteArray(endpoint) << QByteArray(body);
        };
        row("chat_completions", R"({"model":"b","messages":[{"role":"user","content":"a"}]})");
        row("responses", R"({"model":"b","input":"a"})");
        row("messages", R"({"model":"b","max_tokens":9,"messages":[{"role":"user","content":"a"}]})");
        row("ollama_chat", R"({"model":"b","messages":[{"role":"user","content":"a"}]})");
        row("ollama_generate", R"({"model":"b","prompt":"a"})");
    }

    void readsBodiesOfAllDialects()
    {
        QFETCH(const QByteArray, endpoint);
        QFETCH(const QByteArray, body);
        const auto config = std::make_shared<const Config>(twoTargets());
        const Services services(*config);
        const Runtime runtime(config, services);
        const Result<ExplainedRequest> request =
            readExplainedRequest(*config, explainedEndpoint(endpoint).value(), body, {});
        QVERIFY2(request, request ? "" : request.error().message.constData());
        const Explanation explanation = explainRequest(runtime, *request);
        QCOMPARE(explanation.endpoint, endpoint);
        QCOMPARE(explanation.nativeOnly, "");
        QCOMPARE(next(explanation), "one/b");
        const Result<PlannedCall> call = plannedCall(runtime, *request, likelyPlan(explanation)->candidates.front());
        QVERIFY2(call, call ? "" : call.error().message.constData());
        QVERIFY2(call->body.contains(R"("messages":[{"role":"user","content":"a"}])"), call->body.constData());
    }

    void routesSeeTheProtocol()
    {
        Config config = twoTargets();
        config.routing.routes.front().pathPrefix = "/v1/messages";
        const auto shared = std::make_shared<const Config>(config);
        const Services services(*shared);
        const Runtime runtime(shared, services);
        const Explanation served = explainRequest(runtime, messages(*shared, R"("a")"));
        QVERIFY(!served.error);
        QVERIFY(explainRequest(runtime, chat(*shared)).error);
    }

    // What only Anthropic can be told.
    void tellsThatOnlyNativeTargetsAreAsked()
    {
        Config config = twoTargets();
        ProviderConfig native = config.providers.front();
        native.id = "native";
        native.protocol = Protocol::Anthropic;
        config.providers.push_back(native);
        RouteConfig &route = config.routing.routes.front();
        route.targets = {{.provider = "one", .model = "a"},
                         {.provider = "native", .model = "c"},
                         {.provider = "native", .model = "d"}};
        const auto explained = [](const Config &changed, const IsAllowed &isAllowed = {}) {
            const auto shared = std::make_shared<const Config>(changed);
            const Services services(*shared);
            const Runtime runtime(shared, services);
            const Explanation explanation = explainRequest(
                runtime, messages(*shared, R"([{"type":"image","source":{"type":"file","file_id":"f"}}])"), {},
                isAllowed);
            if (!explanation.nativeOnly.contains("'messages[0].content[0].source' cannot be translated"))
                return QByteArray("not told");
            QByteArrayList told;
            for (const RoutePreview::Target &target : explanation.routing->preview->targets)
                told << target.candidate.reportedModel();
            for (const LeftOutTarget &left : explanation.routing->leftOut)
                told << QByteArray::number(qulonglong{left.index}) + ": " + whyLeftOut(left.reason);
            if (explanation.error)
                told << explanation.error->reason;
            return told.join(", ");
        };
        const QByteArray other = ": it does not speak the client's protocol";
        QCOMPARE(explained(config), "native/c, native/d, 0" + other);
        QCOMPARE(explained(config, [](const Candidate &candidate) { return candidate.model != "d"; }),
                 "native/c, 0" + other + ", 2: the client's key does not allow it");
        route.targets = {{.provider = "one", .model = "a"}};
        QCOMPARE(explained(config), "0" + other + ", unsupported_parameter");
        route.fallback = {{.provider = "native", .model = "c"}};
        QCOMPARE(explained(config), "0" + other);
    }

    void describesAsJson()
    {
        Config config = twoTargets();
        config.modelSelection.enabled = true;
        config.routing.routes.insert(config.routing.routes.begin(), RouteConfig());
        RouteConfig &first = config.routing.routes.front();
        first.name = "hard";
        first.headers = {{"x-lunargate-complexity", "6+"}};
        first.targets = {{.provider = "one", .model = "h"}};
        first.line = 7;
        const auto shared = std::make_shared<const Config>(config);
        const Services services(*shared);
        const Runtime runtime(shared, services);
        QCOMPARE(
            explanationJson(explainRequest(runtime, chat(*shared)), *shared),
            R"({"object":"lunargate.explanation","endpoint":"chat_completions","request":{"model":null,)"
            R"("resolved_model":null,"binding_provider":null,"binding_model":null},"model_selection":{"applies":true,)"
            R"("user_bytes":9,"score":4,"categories":[)"
            R"({"name":"input_tokens","weight":2,"points":0,"keyword":null},)"
            R"({"name":"contains_code","weight":2,"points":2,"keyword":"let "},)"
            R"({"name":"math_reasoning","weight":2,"points":2,"keyword":"="},)"
            R"({"name":"analysis_synthesis","weight":1,"points":0,"keyword":null},)"
            R"({"name":"safety_sensitive","weight":2,"points":0,"keyword":null},)"
            R"({"name":"tools","weight":2,"points":0,"keyword":null}],"tier":"4-5","skill":"default","pattern":null,)"
            R"("headers":{"x-lunargate-complexity":"4-5","x-lunargate-complexity-score":"4",)"
            R"("x-lunargate-skill":"default"}},"route":{"name":"main","index":1,"line":0},"passed_over":[)"
            R"({"name":"hard","index":0,"line":7,"reason":"header","header":"x-lunargate-complexity","wanted":"6+",)"
            R"("found":"4-5","detail":)"
            "\"the header x-lunargate-complexity is \\\"4-5\\\", and the route wants it to be \\\"6+\\\"\"}],"
            R"("strategy":"weighted","targets":[)"
            R"({"provider":"one","model":"a","index":0,"line":0,"weight":3,"probability":0.75,"next":false,)"
            R"("circuit":{"outcome":"unknown","detail":"there is no running gateway here"}},)"
            R"({"provider":"one","model":"b","index":1,"line":0,"weight":1,"probability":0.25,"next":false,)"
            R"("circuit":{"outcome":"unknown","detail":"there is no running gateway here"}}],"fallbacks":[],)"
            R"("left_out":[{"provider":"one","model":"c","fallback":false,"index":2,"line":0,"reason":"drained",)"
            R"("detail":"its weight is 0"}],)"
            R"("native_only":null,"cache":{"outcome":"unknown","detail":"there is no running gateway here"},)"
            R"("limiter":{"outcome":"unknown","detail":"there is no running gateway here"},"error":null})");
    }

private:
    static Config twoTargets()
    {
        Config config;
        config.providers.emplace_back().id = "one";
        config.providers.front().baseUrl = "http://x.test";
        config.routing.defaultStrategy = Strategy::Weighted;
        RouteConfig route;
        route.name = "main";
        route.targets = {{.provider = "one", .model = "a", .weight = 3},
                         {.provider = "one", .model = "b", .weight = 1},
                         {.provider = "one", .model = "c", .weight = 0}};
        config.routing.routes.push_back(route);
        return config;
    }

    static ExplainedRequest chat(const Config &config)
    {
        return readExplainedRequest(config, ExplainedEndpoint::Chat,
                                    R"({"messages":[{"role":"user","content":"let x = 1"}]})", {})
            .value();
    }

    static ExplainedRequest messages(const Config &config, const QByteArray &content)
    {
        return readExplainedRequest(config, ExplainedEndpoint::Messages,
                                    R"({"max_tokens":9,"messages":[{"role":"user","content":)" + content + "}]}", {})
            .value();
    }

    static QByteArray next(const Explanation &explanation)
    {
        const auto plan = likelyPlan(explanation);
        return plan ? plan->candidates.front().reportedModel() : QByteArray();
    }

    /// What is explained otherwise than planned; empty: nothing.
    static QByteArray difference(const Explanation &explanation, const Result<RoutePlan> &plan, const Config &config)
    {
        if (!plan) {
            return explanation.error && explanation.error->message == plan.error().message ? "" : "not the same error";
        }
        if (explanation.error || !explanation.routing || !explanation.routing->preview)
            return "an error that does not happen";
        const RouteExplanation &routing = *explanation.routing;
        const RoutePreview &preview = *routing.preview;
        const RouteConfig &route = config.routing.routes[routing.routeIndex.value()];
        if (plan->routeName != preview.routeName || route.name != plan->routeName)
            return "another route";
        if (routing.passedOver.size() != *routing.routeIndex)
            return "not every earlier route was passed over";

        double sum = 0;
        for (const RoutePreview::Target &target : preview.targets)
            sum += target.chance;
        if (!preview.targets.empty() && std::abs(sum - 1) > 1e-9)
            return "chances that are not 1 together";
        std::vector<QByteArray> expected;
        for (const RoutePreview::Target &target : preview.targets) {
            if (idOf(target.candidate) == idOf(plan->candidates.front()) && target.chance > 0)
                expected.push_back(idOf(target.candidate));
            if (target.isNext && idOf(target.candidate) != idOf(plan->candidates.front()))
                return "another one was next";
        }
        if (expected.size() != (preview.targets.empty() ? 0U : 1U))
            return "a target that had no chance";
        // A fallback that is the chosen target itself is not asked again.
        std::size_t at = expected.size();
        for (const Candidate &fallback : preview.fallbacks) {
            if (at < plan->candidates.size() && idOf(plan->candidates[at]) == idOf(fallback))
                ++at;
            else if (preview.targets.empty() || fallback.reportedModel() != plan->candidates.front().reportedModel())
                return "another fallback";
        }
        if (at != plan->candidates.size())
            return "a fallback that was not explained";
        const std::size_t told = preview.targets.size() + preview.fallbacks.size() + routing.leftOut.size();
        return told == route.targets.size() + route.fallback.size() ? "" : "somebody is neither asked nor left out";
    }
};

QTEST_GUILESS_MAIN(ExplainTest)
#include "tst_explain.moc"
