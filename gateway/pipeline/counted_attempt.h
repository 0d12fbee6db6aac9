// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"

namespace lunargate {

/// One attempt, and everything that is counted about it: in the record, in the metrics. It is counted when it is over,
/// also when it is over because the task is destroyed; where a stream begins, RequestContext counts how that ends.
/// Without the permit's consent nobody is called and nothing is counted; see TargetPermit::hasBegunAttempt(). Failures
/// are the caller's to tell the permit, which moves on to the answer with a stream.
Task<AttemptResult> countedAttempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                                   const AttemptTerms &terms, TargetPermit &permit);

/// Nobody but the client is to blame, for what it wants or for a body that it did not send to its end: no attempt
/// counts.
bool isClientsMistake(const Error &error);

} // namespace lunargate
