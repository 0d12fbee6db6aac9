// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/explain.h"
#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// Explains the request, with what the services of the running gateway would say to it now: whether the caller of
/// `context` may ask so, its limits, the cache, and the candidates' circuits. Takes nothing from any of them.
Task<Explanation> explainWithServices(RequestContext &context, const ExplainedRequest &request);

} // namespace lunargate
