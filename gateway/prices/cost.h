// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/usage.h"
#include "gateway/prices/money.h"

#include <optional>

namespace lunargate {

struct TokenPrices;

/// Who says what a call cost.
enum class CostSource {
    Unknown,  ///< nobody
    Provider, ///< the provider, in its answer
    Table,    ///< the prices that come with the program
    Override, ///< the prices of the user's configuration
    Cache,    ///< nothing was bought
};
constexpr int kCostSources = static_cast<int>(CostSource::Cache) + 1;

/// `unknown`, `provider` …
const char *nameOf(CostSource source);

/// What one token of each part of a Usage costs.
struct TokenRates
{
    explicit TokenRates(const TokenPrices &prices);

    Money input, cachedInput, cacheWrite, cacheWriteHour, output, reasoning;
};

/// The sum over the parts.
Money costOf(const Usage &usage, const TokenRates &rates);

/// The rates of a model, and whose they are.
struct Price
{
    const TokenRates *rates = nullptr; ///< null: nobody knows
    CostSource source = CostSource::Unknown;
};

/// What a call cost.
struct Cost
{
    std::optional<Money> amount = {}; ///< empty: unknown
    CostSource source = CostSource::Unknown;
    bool isEstimated = false; ///< of tokens that the gateway counted itself

    bool operator==(const Cost &) const = default;
};

/// What the provider says; else what its price makes of the tokens; else unknown.
Cost costOf(const std::optional<Usage> &usage, const Price &price);

} // namespace lunargate
