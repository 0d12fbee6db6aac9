// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/try_targets.h"

#include "gateway/pipeline/try_target.h"

namespace lunargate {

namespace {

using Action = RetryDecision::Action;

TryTerms termsOf(const RequestContext &context, const RoutePlan &plan)
{
    const Config &config = *context.runtime->config;
    const bool hasTriggers = plan.route && plan.route->fallbackOn;
    return {.retry = makeRetryPlan(config.retry, context.exchange.request.headers,
                                   hasTriggers ? &*plan.route->fallbackOn : nullptr),
            .deadline = requestDeadline(config, plan, context.record.startedAt)};
}

} // namespace

Task<AttemptResult> tryTargets(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
{
    const TryTerms terms = termsOf(context, plan);
    for (size_t i = 0;; ++i) {
        const Candidate &candidate = plan.candidates[i];
        const bool hasNextTarget = i + 1 < plan.candidates.size();
        context.record.fallbackTried = context.record.fallbackTried || candidate.isFallback;
        TargetResult result = co_await tryTarget(context, prepare, candidate, hasNextTarget, terms);
        if (result) {
            context.record.fallbackUsed = candidate.isFallback;
            co_return *std::move(result);
        }
        if (result.error().next == Action::NextTarget)
            continue;
        context.record.isExhausted = result.error().next == Action::Exhausted && context.record.attempts > 1;
        co_return std::unexpected(std::move(result.error().failure));
    }
}

} // namespace lunargate
