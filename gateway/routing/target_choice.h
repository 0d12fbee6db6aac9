// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/routing/route_plan.h"

#include <vector>

namespace lunargate {

struct Config;
struct RouteConfig;

/// A target or a fallback of a route that cannot serve a request, and why.
struct LeftOutTarget
{
    enum class Reason {
        OtherProvider,  ///< the client asked for another one
        OtherModel,     ///< likewise
        NamedElsewhere, ///< it takes any model, but another target has this one by name
        Drained,        ///< its weight is 0
        NoModel,        ///< nobody names one
        Repeated,       ///< an earlier one would be asked the same
        NotAllowed,     ///< the client may not use it, but others
        OtherProtocol,  ///< it cannot be told what the client wants; nobody but whoever explains says so
    };

    bool isFallback = false;
    std::size_t index = 0; ///< in the route's `targets` or `fallback`
    Reason reason = Reason::OtherProvider;
};

/// The route's targets that can serve what the client asked for, each with the model it would be sent. A target without
/// model takes any model of its provider, but a plain name goes to targets that have it by name if there are any.
/// Drained targets (weight 0) are left out; if there are no others, so that only a fallback can serve, none is left.
/// For whoever wants to know, `leftOut` gets all others.
/// Fails with InvalidRequest: `provider_not_in_route`, `model_not_in_route`, or `model_required` when nobody names one.
Result<std::vector<Candidate>> servingTargets(const Config &config, const RouteConfig &route,
                                              const RequestedModel &requested,
                                              std::vector<LeftOutTarget> *leftOut = nullptr);

/// The route's fallbacks in order, each with its own model, without those of weight 0. A client that named the provider
/// gets only fallbacks of that provider (and of that model, if it named one too); a plain model name does not bind
/// them.
std::vector<Candidate> servingFallbacks(const Config &config, const RouteConfig &route, const RequestedModel &requested,
                                        std::vector<LeftOutTarget> *leftOut = nullptr);

} // namespace lunargate
