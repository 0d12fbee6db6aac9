// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/limit_request.h"

#include "gateway/limits/rate_limiter.h"
#include "gateway/pipeline/limit_headers.h"

namespace lunargate {

namespace {

using std::chrono::milliseconds;

QByteArray whoMay(const LimitRefusal &refusal, const Caller &caller)
{
    const char *who = refusal.isGlobal ? "all clients together" : caller.name.isEmpty() ? "your address" : "your key";
    return who + QByteArray(" may ");
}

QByteArray what(const LimitRefusal &refusal)
{
    const QByteArray limit = QByteArray::number(refusal.limit);
    switch (refusal.kind) {
    case LimitKind::Requests:
        return "send " + limit + " requests a minute";
    case LimitKind::Tokens:
        return "use " + limit + " tokens a minute, and this request may need " + QByteArray::number(refusal.needed);
    case LimitKind::Concurrency:
        return "have " + limit + " model calls running at the same time";
    }
    Q_UNREACHABLE_RETURN({});
}

const char *metricLabel(const LimitRefusal &refusal)
{
    switch (refusal.kind) {
    case LimitKind::Requests:
        return refusal.isGlobal ? "global_requests" : "requests";
    case LimitKind::Tokens:
        return refusal.isGlobal ? "global_tokens" : "tokens";
    case LimitKind::Concurrency:
        return refusal.isGlobal ? "global_concurrency" : "concurrency";
    }
    Q_UNREACHABLE_RETURN("");
}

Result<void> follow(const RateLimiter::Decision &decision, RequestContext &context)
{
    headers::setLimits(decision.standing, context.exchange.response, context.dialect().protocol());
    if (!decision.refusal)
        return {};
    headers::setRetryHints(*decision.refusal, context.exchange.response);
    context.services.metrics.limitRefused(metricLabel(*decision.refusal));
    return std::unexpected(limitError(*decision.refusal, context.caller));
}

} // namespace

Result<void> limitRequest(RequestContext &context, bool isModelCall)
{
    RateLimiter &limiter = *context.services.limiter;
    // What the gateway looks up for itself takes nothing from what it may run for others.
    if (!limiter.isOn() || (!isModelCall && context.caller.kind == CredentialKind::BuiltIn))
        return {};
    return follow(limiter.admit(context.caller, isModelCall, context.limitPermit, Clock::now()), context);
}

Result<void> limitTokens(RequestContext &context, const TokenEstimate &estimate)
{
    if (!context.limitPermit.countsTokens())
        return {};
    return follow(context.services.limiter->reserve(context.limitPermit, estimate, Clock::now()), context);
}

void tellLimits(RequestContext &context)
{
    const RateLimiter &limiter = *context.services.limiter;
    if (limiter.isOn())
        headers::setLimits(limiter.look(context.caller, false, {}, Clock::now()).standing, context.exchange.response,
                           context.dialect().protocol());
}

Error limitError(const LimitRefusal &refusal, const Caller &caller)
{
    if (!refusal.retryAfter) {
        return {.kind = ErrorKind::InvalidRequest,
                .reason = "request_over_token_limit",
                .message = whoMay(refusal, caller) + what(refusal) +
                           ", more than there ever are at once; send less text, or ask for a shorter answer with "
                           "max_tokens",
                .param = "max_tokens"};
    }
    const auto wait = std::chrono::ceil<milliseconds>(*refusal.retryAfter);
    const QByteArray when = refusal.kind == LimitKind::Concurrency ? QByteArray("when one of them has ended")
                                                                   : "in " + headers::resetText(wait);
    return {.kind = ErrorKind::RateLimited,
            .reason = "rate_limit_exceeded",
            .message = "rate limit exceeded: " + whoMay(refusal, caller) + what(refusal) + "; try again " + when,
            .retryAfter = wait};
}

} // namespace lunargate
