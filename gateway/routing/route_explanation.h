// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/route_matcher.h"
#include "gateway/routing/route_plan.h"
#include "gateway/routing/target_choice.h"

#include <optional>
#include <vector>

namespace lunargate {

/// How Router::plan() comes to its plan for a request, without a turn being taken.
struct RouteExplanation
{
    std::vector<PassedOverRoute> passedOver = {};
    std::optional<std::size_t> routeIndex = {}; ///< the route that matches; nothing: none does
    std::vector<LeftOutTarget> leftOut = {};    ///< of that route
    Result<RoutePreview> preview;
};

} // namespace lunargate
