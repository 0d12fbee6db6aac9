// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <optional>

namespace lunargate {

/// What a call cost in US dollars, as OpenRouter tells it in `usage`; nothing if it does not. With a key of the user's
/// own at the provider behind it (`is_byok`), `cost` is its fee alone, and what that provider charges stands beside it
/// (OpenRouter documentation, "Usage accounting").
inline std::optional<double> toldCost(json::Value usage)
{
    const std::optional<double> cost = usage["cost"].number();
    if (!cost || *cost < 0)
        return std::nullopt;
    if (!usage["is_byok"].boolean().value_or(false))
        return cost;
    const std::optional<double> upstream = usage["cost_details"]["upstream_inference_cost"].number();
    return upstream && *upstream >= 0 ? std::optional(*cost + *upstream) : std::nullopt;
}

} // namespace lunargate
