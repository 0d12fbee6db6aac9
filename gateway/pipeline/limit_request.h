// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits/limit_state.h"
#include "gateway/pipeline/request_context.h"

namespace lunargate {

// The stage `limit`, in two parts, as only after a request was read and no cached answer was found it is known how many
// tokens it may need. Neither does anything while `rate_limiting` is off. Both tell on the answer how the limits stand,
// and count their refusals.

/// Takes the request, and for a model call a place among those at the same time, from what its caller may use. What it
/// holds is given back when the context is finished. Fails with RateLimited.
Result<void> limitRequest(RequestContext &context, bool isModelCall);

/// Puts aside the tokens that a request which was let through may need. Fails with RateLimited, or with InvalidRequest
/// (`request_over_token_limit`) if it needs more than there ever are; then the request counts for nothing.
Result<void> limitTokens(RequestContext &context, const TokenEstimate &estimate);

/// Tells how the limits of the caller stand, as far as it is known, on the answer to a request that was refused before
/// it could be counted. Takes nothing.
void tellLimits(RequestContext &context);

/// What a client is told of a refusal.
Error limitError(const LimitRefusal &refusal, const Caller &caller);

} // namespace lunargate
