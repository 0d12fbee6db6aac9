// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"

namespace lunargate {

/// Stage 9: asks the plan's targets, one attempt after the other, until one answers or there is no point in going on.
/// What to do after a failure is decide()'s; this only does it. Returns the last failure when nothing helped.
Task<AttemptResult> tryTargets(RequestContext &context, const Prepare &prepare, const RoutePlan &plan);

} // namespace lunargate
