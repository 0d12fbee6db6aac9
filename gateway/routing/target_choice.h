// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/routing/route_plan.h"

#include <vector>

namespace lunargate {

struct Config;
struct RouteConfig;

/// The route's targets that can serve what the client asked for, each with the model it would be sent. A target without
/// model takes any model of its provider, but a plain name goes to targets that have it by name if there are any.
/// Drained targets (weight 0) are left out; if there are no others, so that only a fallback can serve, none is left.
/// Fails with InvalidRequest: `provider_not_in_route`, `model_not_in_route`, or `model_required` when nobody names one.
Result<std::vector<Candidate>> servingTargets(const Config &config, const RouteConfig &route,
                                              const RequestedModel &requested);

/// The route's fallbacks in order, each with its own model, without those of weight 0. A client that named the provider
/// gets only fallbacks of that provider (and of that model, if it named one too); a plain model name does not bind
/// them.
std::vector<Candidate> servingFallbacks(const Config &config, const RouteConfig &route,
                                        const RequestedModel &requested);

} // namespace lunargate
