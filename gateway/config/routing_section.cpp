// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

enum class UpstreamRequest { ChatCompletions, Responses };

constexpr NamedValue kUpstreamRequests[] = {
    {"chat_completions", std::to_underlying(UpstreamRequest::ChatCompletions)},
    {"responses", std::to_underlying(UpstreamRequest::Responses)},
};

void readTarget(SectionReader &section, std::vector<TargetConfig> &targets, std::vector<ProviderReference> &references)
{
    TargetConfig target;
    target.line = section.place().position.line;
    section.read("provider", target.provider);
    section.read("model", target.model);
    section.read("weight", target.weight, {.smallest = 0});
    const std::optional<int> request = section.readWord("upstream_request_type", kUpstreamRequests,
                                                        std::to_underlying(UpstreamRequest::ChatCompletions));
    target.responsesUpstream = request == std::to_underlying(UpstreamRequest::Responses);
    if (target.provider.isEmpty())
        section.context().error(section.placeOf("provider"),
                                "the target has no provider; name one of those under `providers`");
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

RouteConfig readRoute(SectionReader &section, std::vector<ProviderReference> &references)
{
    RouteConfig route;
    route.line = section.place().position.line;
    section.read("name", route.name);
    readMatch(section, route);
    section.list("targets", [&](SectionReader &target) { readTarget(target, route.targets, references); });
    section.list("fallback", [&](SectionReader &target) { readTarget(target, route.fallback, references); });
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
