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
        Rules rules{.routeIndex = index,
                    .hasTargets = !route.targets.empty(),
                    .name = route.name.trimmed(),
                    .pathPrefix = withoutStar(route.pathPrefix),
                    .headers = {}};
        for (const auto &[name, value] : route.headers)
            rules.headers.emplace_back(name.toLower(), value);
        m_routes.push_back(std::move(rules));
    }
}

Result<std::size_t> RouteMatcher::match(const RoutingRequest &request, std::vector<PassedOverRoute> *passedOver) const
{
    const QByteArray routeName = requestedRoute(request.headers);
    if (!routeName.isEmpty() && !isKnown(routeName))
        return std::unexpected(unknownRoute(routeName));

    const MatchHeaders headers(m_config, m_gatewayHeaders, request);
    for (const QByteArray *path : {&request.path, &request.alternativePath}) {
        if (path->isEmpty())
            continue;
        for (const Rules &rules : m_routes) {
            std::optional<PassedOverRoute> why = mismatch(rules, routeName, *path, headers);
            if (!why)
                return rules.routeIndex;
            if (passedOver)
                passedOver->push_back(*std::move(why));
        }
    }
    return std::unexpected(noRoute(request, routeName));
}

std::optional<PassedOverRoute> RouteMatcher::mismatch(const Rules &rules, const QByteArray &routeName,
                                                      const QByteArray &path, const MatchHeaders &headers)
{
    using Reason = PassedOverRoute::Reason;
    if (!rules.hasTargets)
        return PassedOverRoute{.routeIndex = rules.routeIndex, .reason = Reason::NoTargets};
    if (!routeName.isEmpty() && rules.name != routeName) {
        return PassedOverRoute{
            .routeIndex = rules.routeIndex, .reason = Reason::Name, .wanted = rules.name, .found = routeName};
    }
    if (!path.startsWith(rules.pathPrefix)) {
        return PassedOverRoute{
            .routeIndex = rules.routeIndex, .reason = Reason::Path, .wanted = rules.pathPrefix, .found = path};
    }
    for (const auto &[name, wanted] : rules.headers) {
        QByteArray found = headers.value(name);
        if (found != wanted) {
            return PassedOverRoute{.routeIndex = rules.routeIndex,
                                   .reason = Reason::Header,
                                   .header = name,
                                   .wanted = wanted,
                                   .found = std::move(found)};
        }
    }
    return std::nullopt;
}

bool RouteMatcher::isKnown(const QByteArray &name) const
{
    return std::ranges::any_of(m_routes, [&](const Rules &rules) { return rules.hasTargets && rules.name == name; });
}

Error RouteMatcher::unknownRoute(const QByteArray &name) const
{
    std::vector<QByteArray> known;
    for (const Rules &rules : m_routes) {
        if (rules.hasTargets && !rules.name.isEmpty())
            known.push_back(rules.name);
    }
    return invalidRequest("unknown_route", "there is no route " + quoted(name) + "; routes are: " + listed(known),
                          kRouteHeader.toByteArray());
}

} // namespace lunargate
