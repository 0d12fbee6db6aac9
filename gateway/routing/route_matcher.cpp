// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/route_matcher.h"

#include "gateway/config/config.h"
#include "gateway/routing/route_plan.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr QByteArrayView kRouteHeader = "X-LunarGate-Route";

// Both `*` and `/v1/*` read as "anything from here on"; no path of ours has a star in it.
QByteArray withoutStar(QByteArray prefix)
{
    if (prefix.endsWith('*'))
        prefix.chop(1);
    return prefix;
}

Error noRoute(const RoutingRequest &request, const QByteArray &routeName)
{
    QByteArray message = "no route matched for this request: ";
    message += routeName.isEmpty() ? QByteArrayLiteral("no route") : "route " + quoted(routeName) + " does not match";
    message += (routeName.isEmpty() ? " of the configuration matches path " : " path ") + quoted(request.path);
    if (!request.requested.name.isEmpty())
        message += " with model " + quoted(request.requested.name);
    return {.kind = ErrorKind::NoRoute, .reason = "no_route", .message = std::move(message)};
}

} // namespace

QByteArray requestedRoute(const HeaderList &headers)
{
    return headers.value(kRouteHeader).value_or(QByteArray()).trimmed();
}

RouteMatcher::RouteMatcher(const Config &config) : m_config(config), m_gatewayHeaders(config)
{
    for (std::size_t index = 0; index < config.routing.routes.size(); ++index) {
        const RouteConfig &route = config.routing.routes[index];
        if (route.targets.empty())
            continue;
        Rules rules{.routeIndex = index,
                    .name = route.name.trimmed(),
                    .pathPrefix = withoutStar(route.pathPrefix),
                    .headers = {}};
        for (const auto &[name, value] : route.headers)
            rules.headers.emplace_back(name.toLower(), value);
        m_routes.push_back(std::move(rules));
    }
}

Result<std::size_t> RouteMatcher::match(const RoutingRequest &request) const
{
    const QByteArray routeName = requestedRoute(request.headers);
    if (!routeName.isEmpty() && !std::ranges::contains(m_routes, routeName, &Rules::name))
        return std::unexpected(unknownRoute(routeName));

    const MatchHeaders headers(m_config, m_gatewayHeaders, request);
    const auto matches = [&](const Rules &rules, const QByteArray &path) {
        return (routeName.isEmpty() || rules.name == routeName) && path.startsWith(rules.pathPrefix) &&
               std::ranges::all_of(rules.headers,
                                   [&](const auto &rule) { return headers.value(rule.first) == rule.second; });
    };
    for (const QByteArray &path : {request.path, request.alternativePath}) {
        if (path.isEmpty())
            continue;
        const auto it = std::ranges::find_if(m_routes, [&](const Rules &rules) { return matches(rules, path); });
        if (it != m_routes.end())
            return it->routeIndex;
    }
    return std::unexpected(noRoute(request, routeName));
}

Error RouteMatcher::unknownRoute(const QByteArray &name) const
{
    std::vector<QByteArray> known;
    for (const Rules &rules : m_routes) {
        if (!rules.name.isEmpty())
            known.push_back(rules.name);
    }
    return invalidRequest("unknown_route", "there is no route " + quoted(name) + "; routes are: " + listed(known),
                          kRouteHeader.toByteArray());
}

} // namespace lunargate
