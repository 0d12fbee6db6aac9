// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"
#include "gateway/resilience/retry_decision.h"

namespace lunargate {

/// What holds for everything that is tried for one request.
struct TryTerms
{
    RetryPlan retry;
    RequestDeadline deadline;
};

/// Where a target stands among the others of its plan.
struct TargetPlace
{
    bool hasNext = false;
    bool isHedge = false; ///< another one is being asked already
};

/// How a target failed for good, and what that means for the request.
struct TargetFailure
{
    UpstreamFailure failure;
    RetryDecision::Action next = RetryDecision::Action::GiveUp; ///< anything but RetrySameTarget
};

using TargetResult = std::expected<OpenAnswer, TargetFailure>;

/// One target with all its retries. What to do after a failed attempt is decide()'s; this does it and tells the log. A
/// retry that is refused ends it with the failure that was to be mended.
/// Everything that is passed must outlive the task; destroying it ends the call or the wait that it is in. `permit` is
/// the target's: all attempts together count as one call in its circuit.
Task<TargetResult> tryTarget(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                             TargetPlace place, const TryTerms &terms, TargetPermit permit);

} // namespace lunargate
