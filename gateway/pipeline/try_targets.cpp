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
    RefusedTargets refused;
    std::optional<UpstreamFailure> lastFailure; // of a target that was asked
    bool isAskedAnyway = false;
    for (size_t i = 0;;) {
        const Candidate &candidate = plan.candidates[i];
        const bool hasNextTarget = i + 1 < plan.candidates.size();
        context.record.fallbackTried = context.record.fallbackTried || candidate.isFallback;
        TargetPermit permit = std::exchange(isAskedAnyway, false) ? TargetPermit::anyway(context.services, candidate)
                                                                  : TargetPermit(context.services, candidate);
        TargetResult result = co_await tryTarget(context, prepare, candidate, hasNextTarget, terms, std::move(permit));
        if (result) {
            context.record.fallbackUsed = candidate.isFallback;
            co_return *std::move(result);
        }
        UpstreamFailure &failure = result.error().failure;
        if (isRefusal(failure.error))
            refused.add(i, failure.error);
        else
            lastFailure = std::move(failure);
        if (result.error().next == Action::NextTarget) {
            ++i;
            continue;
        }
        context.record.isExhausted = result.error().next == Action::Exhausted && context.record.attempts > 1;
        if (lastFailure) // what a provider said is worth more than what we would not ask it
            co_return std::unexpected(*std::move(lastFailure));
        const std::optional<size_t> leastBad =
            refused.takeLeastBad(context.runtime->config->circuitBreaker.lastTarget);
        if (!leastBad)
            co_return std::unexpected(UpstreamFailure{.error = refused.soonest()});
        i = *leastBad;
        isAskedAnyway = true;
    }
}

} // namespace lunargate
