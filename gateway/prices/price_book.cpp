// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/price_book.h"

#include "gateway/config/config.h"
#include "gateway/config/provider_presets.h"
#include "gateway/prices/price_table.h"

#include <QHostAddress>
#include <QUrl>

namespace lunargate {

namespace {

/// Whether the address is one that only the user's own network knows. A name without a dot is no public one.
bool isOnOwnNetwork(const QByteArray &baseUrl)
{
    const QString host = QUrl::fromEncoded(baseUrl).host();
    const QHostAddress address(host);
    if (!address.isNull())
        return address.isLoopback() || address.isPrivateUse() || address.isLinkLocal();
    return !host.contains(u'.') || host.endsWith(u".local") || host.endsWith(u".internal");
}

/// Whether what a service asks for is what this provider asks for: it is the vendor, or another machine of the user's
/// with the same program.
bool isService(const ProviderConfig &provider, const ProviderPreset &preset)
{
    return preset.isVendorAddress(provider.baseUrl) ||
           (isOnOwnNetwork(preset.defaults.baseUrl) && isOnOwnNetwork(provider.baseUrl));
}

PriceList listOf(const std::map<QByteArray, ModelPrices> &prices, const QByteArray &key)
{
    const auto found = prices.find(key);
    return found == prices.end() ? PriceList() : PriceList(found->second);
}

} // namespace

PriceBook::PriceBook(const Config &config)
{
    for (const ProviderConfig &provider : config.providers) {
        Lists lists{.own = listOf(config.prices, provider.id), .table = {}};
        if (const ProviderPreset *preset = findProviderPreset(provider.type); preset && isService(provider, *preset))
            lists.table = listOf(priceTable().prices, provider.type);
        m_providers.emplace(provider.id, std::move(lists));
    }
}

Price PriceBook::find(const QByteArray &providerId, const QByteArray &model) const
{
    const auto lists = m_providers.constFind(providerId);
    if (lists == m_providers.cend())
        return {};
    if (const TokenRates *rates = lists->own.find(model))
        return {rates, CostSource::Override};
    if (const TokenRates *rates = lists->table.find(model))
        return {rates, CostSource::Table};
    return {};
}

} // namespace lunargate
