// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/cost.h"

#include "gateway/config/token_prices.h"

#include <QtGlobal>

namespace lunargate {

const char *nameOf(CostSource source)
{
    switch (source) {
    case CostSource::Unknown:
        return "unknown";
    case CostSource::Provider:
        return "provider";
    case CostSource::Table:
        return "table";
    case CostSource::Override:
        return "override";
    case CostSource::Cache:
        return "cache";
    }
    Q_UNREACHABLE_RETURN("");
}

TokenRates::TokenRates(const TokenPrices &prices)
    : input(Money::perToken(prices.input)),
      cachedInput(Money::perToken(prices.cachedInput.value_or(prices.input))),
      cacheWrite(Money::perToken(prices.cacheWrite.value_or(prices.input))),
      cacheWriteHour(prices.cacheWriteHour ? Money::perToken(*prices.cacheWriteHour) : cacheWrite),
      output(Money::perToken(prices.output)),
      reasoning(Money::perToken(prices.reasoning.value_or(prices.output)))
{
}

Money costOf(const Usage &usage, const TokenRates &rates)
{
    return rates.input * usage.input + rates.cachedInput * usage.cachedInput + rates.cacheWrite * usage.cacheWrite +
           rates.cacheWriteHour * usage.cacheWriteHour + rates.output * usage.output +
           rates.reasoning * usage.reasoning;
}

Cost costOf(const std::optional<Usage> &usage, const Price &price)
{
    if (!usage)
        return {};
    if (usage->cost)
        return {Money::fromDollars(*usage->cost), CostSource::Provider, usage->isEstimated};
    if (!price.rates)
        return {};
    return {costOf(*usage, *price.rates), price.source, usage->isEstimated};
}

} // namespace lunargate
