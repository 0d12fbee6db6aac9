// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

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

/// A request's headers as routes see them: the gateway's own first, then the client's.
class MatchHeaders
{
public:
    MatchHeaders(const Config &config, const GatewayHeaderNames &names, const RoutingRequest &request);

    /// The first value; empty if there is none.
    QByteArray value(const QByteArray &lowerCaseName) const;

private:
    const GatewayHeaderNames &m_names;
    const HeaderList &m_client;
    HeaderList m_computed;
};

} // namespace lunargate
