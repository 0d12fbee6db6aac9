// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/runtime.h"
#include "gateway/security/caller.h"

namespace lunargate {

/// Whether the caller may use that provider and model. Without rights everything is allowed.
bool isAllowed(const Caller &caller, const Candidate &candidate);

/// Whether the caller has any use for an entry of the model list: its key allows the model, and one of its routes has
/// it. `lunargate/auto` is for everybody.
bool isAllowed(const Caller &caller, const Runtime &runtime, const ModelEntry &model);

/// Holds a plan that was made for the caller (see callersCandidates()) against what its key allows: the route, and the
/// target where none was allowed. Fails with Forbidden (`route_not_allowed`, `model_not_allowed`) and says what is.
Result<void> checkRights(const Caller &caller, const RoutePlan &plan);

} // namespace lunargate
