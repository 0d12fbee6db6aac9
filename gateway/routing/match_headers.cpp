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

QByteArray MatchHeaders::value(const QByteArray &lowerCaseName) const
{
    if (std::optional<QByteArray> computed = m_request.computedHeaders.value(lowerCaseName))
        return *std::move(computed);
    if (m_names.contains(lowerCaseName))
        return gatewayValue(lowerCaseName);
    return m_request.headers.value(lowerCaseName).value_or(QByteArray());
}

QByteArray MatchHeaders::gatewayValue(const QByteArray &lowerCaseName) const
{
    if (lowerCaseName == "x-lunargate-request-type")
        return m_request.requestType;
    if (lowerCaseName == "x-lunargate-model")
        return m_request.requested.name;
    if (lowerCaseName == "x-lunargate-provider")
        return m_request.requested.provider;
    if (lowerCaseName == "x-lunargate-gateway-lat")
        return m_config.dataSharing.gatewayLat;
    if (lowerCaseName == "x-lunargate-gateway-lon")
        return m_config.dataSharing.gatewayLon;
    return {};
}

} // namespace lunargate
