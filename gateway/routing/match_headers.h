// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <set>

namespace lunargate {

struct Config;
struct RoutingRequest;

/// Names whose values only the gateway may set: a client that sends them is not heard.
class GatewayHeaderNames
{
public:
    explicit GatewayHeaderNames(const Config &config);

    /// `lowerCaseName` as it stands in a route.
    bool contains(const QByteArray &lowerCaseName) const { return m_names.contains(lowerCaseName); }

private:
    std::set<QByteArray> m_names;
};

/// A request's headers as routes see them: the gateway's own first, then the client's. It lives no longer than what it
/// was made of.
class MatchHeaders
{
public:
    MatchHeaders(const Config &config, const GatewayHeaderNames &names, const RoutingRequest &request)
        : m_config(config), m_names(names), m_request(request)
    {
    }

    /// The first value; empty if there is none.
    QByteArray value(const QByteArray &lowerCaseName) const;

private:
    QByteArray gatewayValue(const QByteArray &lowerCaseName) const;

    const Config &m_config;
    const GatewayHeaderNames &m_names;
    const RoutingRequest &m_request;
};

} // namespace lunargate
