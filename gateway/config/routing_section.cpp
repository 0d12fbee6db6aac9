// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include "gateway/config/service_keys.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

enum class UpstreamRequest { ChatCompletions, Responses };

constexpr NamedValue kUpstreamRequests[] = {
    {"chat_completions", std::to_underlying(UpstreamRequest::ChatCompletions)},
    {"responses", std::to_underlying(UpstreamRequest::Responses)},
};

/// What the words of `fallback_on` stand for.
constexpr std::pair<QByteArrayView, bool FallbackTriggers::*> kTriggers[] = {
    {"timeout", &FallbackTriggers::timeout},
    {"transport", &FallbackTriggers::transport},
    {"open_circuit", &FallbackTriggers::openCircuit},
    {"context_length", &FallbackTriggers::contextLength},
    {"content_filter", &FallbackTriggers::contentFilter},
};

/// `503` or `5xx`.
std::optional<FallbackTriggers::StatusRange> statusRange(const QByteArray &word)
{
    if (word.size() != 3 || word[0] < '4' || word[0] > '5')
        return std::nullopt;
    if (word.endsWith("xx"))
        return FallbackTriggers::StatusRange{(word[0] - '0') * 100, (word[0] - '0') * 100 + 99};
    bool isNumber = false;
    const int status = word.toInt(&isNumber);
    return isNumber ? std::optional(FallbackTriggers::StatusRange{status, status}) : std::nullopt;
}

void readTriggers(SectionReader &section, QByteArrayView key, std::optional<FallbackTriggers> &triggers)
{
    std::vector<QByteArray> words;
    section.read(key, words);
    if (section.isDescribing() || !section.has(key))
        return;
    triggers.emplace();
    for (const QByteArray &written : words) {
        const QByteArray word = written.toLower();
        const auto known = std::ranges::find(kTriggers, QByteArrayView(word),
                                             &std::pair<QByteArrayView, bool FallbackTriggers::*>::first);
        if (known != std::end(kTriggers))
            (*triggers).*(known->second) = true;
        else if (const auto range = statusRange(word))
            triggers->statuses.push_back(*range);
        else
            section.context().error(section.placeOf(key),
                                    "expected statuses (`503`, `5xx`), timeout, transport, open_circuit, "
                                    "context_length or content_filter, found `" +
                                        written + '`');
    }
}

void readOverrides(SectionReader &section, TargetOverrides &overrides)
{
    readTimeouts(section, overrides.timeouts);
    section.read("temperature", overrides.temperature, {.smallest = 0});
    section.read("top_p", overrides.topP, {0, 1});
    section.read("top_k", overrides.topK);
    section.read("max_tokens", overrides.maxTokens, {.smallest = 1});
    readHeaders(section, overrides.headers);
}

void readTarget(SectionReader &section, std::vector<TargetConfig> &targets, std::vector<ProviderReference> &references)
{
    TargetConfig target;
    ReadingContext &context = section.context();
    const std::size_t firstKey = context.keys.size();
    target.line = section.place().position.line;
    section.read("provider", target.provider);
    section.read("model", target.model);
    section.read("weight", target.weight, {.smallest = 0});
    const std::optional<int> request = section.readWord("upstream_request_type", kUpstreamRequests,
                                                        std::to_underlying(UpstreamRequest::ChatCompletions));
    target.responsesUpstream = request == std::to_underlying(UpstreamRequest::Responses);
    readOverrides(section, target.overrides);
    context.sends(firstKey, section.placeOf("headers"), context.addresses[target.provider], target.provider);
    if (target.provider.isEmpty())
        context.error(section.placeOf("provider"), "the target has no provider; name one of those under `providers`");
    else
        references.push_back(
            {.id = target.provider, .place = section.placeOf("provider"), .wantsResponses = target.responsesUpstream});
    targets.push_back(std::move(target));
}

void readMatch(SectionReader &section, RouteConfig &route)
{
    section.section("match", [&](SectionReader &match) {
        match.read("path", route.pathPrefix);
        match.readMap("headers", route.headers, SectionReader::MapKeys::LowerCase);
        if (route.pathPrefix == "*")
            route.pathPrefix.clear();
        if (!route.pathPrefix.isEmpty() && !route.pathPrefix.startsWith('/'))
            match.context().warn(match.placeOf("path"),
                                 "no request path begins so; write `*`, or a path such as `/v1/chat`");
    });
}

void readStrategy(SectionReader &section, std::optional<Strategy> &strategy)
{
    if (const auto word = section.readWord("strategy", namesOf(Strategy()), std::nullopt))
        strategy = static_cast<Strategy>(*word);
}

RouteConfig readRoute(SectionReader &section, std::vector<ProviderReference> &references)
{
    RouteConfig route;
    route.line = section.place().position.line;
    section.read("name", route.name);
    readMatch(section, route);
    section.list("targets", [&](SectionReader &target) { readTarget(target, route.targets, references); });
    section.list("fallback", [&](SectionReader &target) { readTarget(target, route.fallback, references); });
    readStrategy(section, route.strategy);
    readTriggers(section, "on", route.fallbackOn); // short for the next
    readTriggers(section, "fallback_on", route.fallbackOn);
    readTimeouts(section, route.timeouts);
    section.read("request_timeout", route.requestTimeout);
    section.read("hedge_after", route.hedgeAfter);
    const bool isDrained = std::ranges::all_of(route.targets, [](const TargetConfig &t) { return t.weight == 0; });
    if (!route.targets.empty() && isDrained)
        section.context().warn(section.placeOf("targets"),
                               "every target has weight 0, so the route serves by its fallbacks alone");
    if (route.hedgeAfter > 0ms && route.fallback.empty())
        section.context().warn(section.placeOf("hedge_after"),
                               "the route has no fallback, so there is nobody else to ask; add one");
    if (route.targets.empty())
        section.context().warn(section.placeOf("targets"), "the route has no targets, so it is never used; add one");
    return route;
}

/// `model_aliases`: what stands before the first slash is a provider, or the beginning of a plain model name.
void readAliases(SectionReader &section, RoutingConfig &routing, std::vector<ProviderReference> &references)
{
    const auto places = section.readMap("model_aliases", routing.modelAliases, SectionReader::MapKeys::AsWritten);
    for (auto &[alias, model] : routing.modelAliases) {
        const Place &place = places.at(alias);
        model = model.trimmed();
        const qsizetype slash = model.indexOf('/');
        if (model.isEmpty())
            section.context().error(place, "the alias stands for no model; write `provider/model` or a model's name");
        else if (slash > 0)
            references.push_back({.id = model.first(slash), .place = place, .isRequired = false});
    }
}

void checkName(SectionReader &section, const RouteConfig &route, const std::vector<RouteConfig> &earlier)
{
    const auto twin = std::ranges::find(earlier, route.name, &RouteConfig::name);
    if (!route.name.isEmpty() && twin != earlier.end())
        section.context().warn(section.placeOf("name"),
                               "another route of that name is in line " + QByteArray::number(twin->line) +
                                   "; X-LunarGate-Route cannot tell them apart, so rename one");
}

} // namespace

void readRouting(SectionReader &root, RoutingConfig &routing, std::vector<ProviderReference> &references)
{
    root.section("routing", [&](SectionReader &section) {
        section.read("default_strategy", routing.defaultStrategy);
        section.read("request_timeout", routing.requestTimeout);
        section.list("routes", [&](SectionReader &item) {
            RouteConfig route = readRoute(item, references);
            checkName(item, route, routing.routes);
            routing.routes.push_back(std::move(route));
        });
        readAliases(section, routing, references);
        if (routing.routes.empty())
            section.context().warn(section.placeOf("routes"),
                                   "there are no routes, so no request finds a provider; add one");
    });
}

} // namespace lunargate
