// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/routing/match_headers.h"

#include <QByteArray>

#include <utility>
#include <vector>

namespace lunargate {

class HeaderList;
struct Config;
struct RoutingRequest;

/// The match rules of all routes, ready to be compared with requests. Immutable: any thread may use it.
class RouteMatcher
{
public:
    /// Routes without targets are left out. `config` must outlive the matcher.
    explicit RouteMatcher(const Config &config);

    /// The index in `config.routing.routes` of the first route, in file order, whose rules all hold. A rule with an
    /// empty value holds if the header is absent. `X-LunarGate-Route` leaves only the routes of that name.
    /// Fails with InvalidRequest `unknown_route` or with NoRoute `no_route`.
    Result<std::size_t> match(const RoutingRequest &request) const;

private:
    struct Rules
    {
        std::size_t routeIndex;
        QByteArray name;
        QByteArray pathPrefix;
        std::vector<std::pair<QByteArray, QByteArray>> headers;
    };

    Error unknownRoute(const QByteArray &name) const;

    const Config &m_config;
    GatewayHeaderNames m_gatewayHeaders;
    std::vector<Rules> m_routes;
};

/// The route that the client insists on by `X-LunarGate-Route`; empty: any.
QByteArray requestedRoute(const HeaderList &headers);

} // namespace lunargate
