// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/match_headers.h"

#include "gateway/config/config.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

GatewayHeaderNames::GatewayHeaderNames(const Config &config)
    : m_names{"x-lunargate-request-type", "x-lunargate-original-path",  "x-lunargate-model",
              "x-lunargate-provider",     "x-lunargate-complexity",     "x-lunargate-complexity-score",
              "x-lunargate-skill",        "x-lunargate-requires-tools", "x-lunargate-gateway-lat",
              "x-lunargate-gateway-lon"}
{
    const ModelSelectionConfig &selection = config.modelSelection;
    for (const QByteArray &name : {selection.complexityHeader, selection.scoreHeader, selection.skillHeader}) {
        if (!name.isEmpty())
            m_names.insert(name.toLower());
    }
}

MatchHeaders::MatchHeaders(const Config &config, const GatewayHeaderNames &names, const RoutingRequest &request)
    : m_names(names), m_client(request.headers), m_computed(request.computedHeaders)
{
    m_computed.add("x-lunargate-request-type", request.requestType);
    m_computed.add("x-lunargate-model", request.requested.name);
    m_computed.add("x-lunargate-provider", request.requested.provider);
    m_computed.add("x-lunargate-gateway-lat", config.dataSharing.gatewayLat);
    m_computed.add("x-lunargate-gateway-lon", config.dataSharing.gatewayLon);
}

QByteArray MatchHeaders::value(const QByteArray &lowerCaseName) const
{
    if (std::optional<QByteArray> computed = m_computed.value(lowerCaseName))
        return *std::move(computed);
    if (m_names.contains(lowerCaseName))
        return {};
    return m_client.value(lowerCaseName).value_or(QByteArray());
}

} // namespace lunargate
