// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config.h"
#include "gateway/routing/model_selection.h"
#include "gateway/routing/router.h"
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"
#include "tests/bench/parts/provider_streams.h"
#include "tests/unit/routing/routing_fixture.h"

namespace lunargate::bench {

namespace {

constexpr int kOtherRoutes = 8; // that are looked at before the one that matches

// As config/example.yaml has it: routes for what model selection found out, and one for everything else.
std::shared_ptr<const Config> configuration()
{
    auto config = std::make_shared<Config>(test::someProviders());
    for (int number = 0; number < kOtherRoutes; ++number) {
        RouteConfig route = test::route("tier-" + QByteArray::number(number), {test::target("openai", "gpt-4o")});
        route.pathPrefix = "/v1/chat/completions";
        route.headers["x-lunargate-complexity"] = QByteArray::number(number);
        config->routing.routes.push_back(std::move(route));
    }
    config->routing.routes.push_back(test::route(
        "default",
        {test::target("openai", "gpt-4o"), test::target("anthropic", "claude"), test::target("groq", "llama")},
        {test::target("openrouter", "auto"), test::target("local", "qwen")}));
    return config;
}

HeaderList clientHeaders()
{
    return {{"Host", "127.0.0.1:8080"},           {"User-Agent", "bench/1.0"},     {"Accept", "application/json"},
            {"Content-Type", "application/json"}, {"Authorization", "Bearer key"}, {"X-Session", "0123456789"}};
}

Part::Work match()
{
    const std::shared_ptr<const Config> config = configuration();
    auto matcher = std::make_unique<RouteMatcher>(*config);
    return [config, matcher = std::move(matcher), headers = clientHeaders()] {
        const auto route = matcher->match({.path = "/v1/chat/completions", .headers = headers});
        return route ? qsizetype(*route) : 0;
    };
}

// From what the client asks for to the list of whom to ask.
Part::Work plan()
{
    auto router =
        std::make_unique<Router>(configuration(), std::make_shared<RoundRobinState>(), std::make_shared<TargetLoads>());
    return [router = std::move(router), headers = clientHeaders()] {
        Result<RequestedModel> requested = router->requestedModel(headers, "lunargate/auto");
        if (!requested)
            return qsizetype(0);
        const Result<RoutePlan> plan = router->plan({.path = "/v1/chat/completions",
                                                     .requestType = "chat_completions",
                                                     .headers = headers,
                                                     .requested = *std::move(requested)});
        return plan ? qsizetype(plan->candidates.size()) : 0;
    };
}

// How hard a request is and what it is about, of all that the user said.
Part::Work selectModel(const QByteArray &body)
{
    ModelSelectionConfig config;
    config.enabled = true;
    config.skills = {{"coding", {"(?i)\\b(refactor|compile|unit test)\\b", "```"}}, {"legal", {"(?i)\\bcontract\\b"}}};
    auto selector = std::make_unique<ModelSelector>(config);
    return [selector = std::move(selector), request = chatRequest(body)] {
        SelectionInput input;
        for (const ChatMessage &message : request->conversation->messages) {
            for (const ContentPart &part : message.content) {
                if (message.role == ChatRole::User)
                    input.userTexts.push_back({part.text});
            }
        }
        return qsizetype(selector->select(input).userBytes);
    };
}

} // namespace

std::vector<Part> routingParts()
{
    return {
        {"routing/match", 500, &match},
        {"routing/plan", 200, &plan},
        {"routing/select-small", 200, [] { return selectModel(smallChatBody()); }},
        {"routing/select-agent", 10, [] { return selectModel(agentChatBody()); }},
    };
}

} // namespace lunargate::bench
