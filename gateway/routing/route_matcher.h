// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/routing/match_headers.h"

#include <QByteArray>

#include <optional>
#include <utility>
#include <vector>

namespace lunargate {

class HeaderList;
struct Config;
struct RoutingRequest;

/// A route that was looked at for a request and passed over, and why.
struct PassedOverRoute
{
    enum class Reason {
        NoTargets, ///< it could serve nobody
        Name,      ///< the client insists on another one
        Path,
        Header,
    };

    std::size_t routeIndex = 0;
    Reason reason = Reason::Path;
    QByteArray header = {}; ///< with Header: its name in lower case
    QByteArray wanted = {}; ///< what the route wants: a name, the beginning of a path, a header's value (empty: none)
    QByteArray found = {};  ///< what the request has; of a header, empty: none, or an empty one
};

/// The match rules of all routes, ready to be compared with requests. Immutable: any thread may use it.
class RouteMatcher
{
public:
    /// Routes without targets never match. `config` must outlive the matcher.
    explicit RouteMatcher(const Config &config);

    /// The index in `config.routing.routes` of the first route, in file order, whose rules all hold. A rule with an
    /// empty value holds if the header is absent. `X-LunarGate-Route` leaves only the routes of that name.
    /// Fails with InvalidRequest `unknown_route` or with NoRoute `no_route`.
    /// For whoever wants to know, `passedOver` gets the routes before the one that matches, in the order in which they
    /// were looked at: with an alternative path, those that match neither come twice.
    Result<std::size_t> match(const RoutingRequest &request, std::vector<PassedOverRoute> *passedOver = nullptr) const;

private:
    struct Rules
    {
        std::size_t routeIndex;
        bool hasTargets;
        QByteArray name;
        QByteArray pathPrefix;
        std::vector<std::pair<QByteArray, QByteArray>> headers;
    };

    bool isKnown(const QByteArray &name) const;
    /// Nothing if the rules hold.
    static std::optional<PassedOverRoute> mismatch(const Rules &rules, const QByteArray &routeName,
                                                   const QByteArray &path, const MatchHeaders &headers);
    Error unknownRoute(const QByteArray &name) const;

    const Config &m_config;
    GatewayHeaderNames m_gatewayHeaders;
    std::vector<Rules> m_routes;
};

/// The route that the client insists on by `X-LunarGate-Route`; empty: any.
QByteArray requestedRoute(const HeaderList &headers);

} // namespace lunargate
