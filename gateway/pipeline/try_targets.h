// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"

namespace lunargate {

/// Stage 6: asks the plan's targets, one after the other, each with its retries, until one answers or there is no point
/// in going on. Returns the failure that tells the client most when nothing helped. Everything that is passed must
/// outlive the task.
Task<AttemptResult> tryTargets(RequestContext &context, const Prepare &prepare, const RoutePlan &plan);

} // namespace lunargate
