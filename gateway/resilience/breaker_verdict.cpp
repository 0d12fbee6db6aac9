// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/breaker_verdict.h"

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

BreakerVerdict failureIf(bool counts)
{
    return counts ? BreakerVerdict::Failure : BreakerVerdict::Neutral;
}

BreakerVerdict verdictOfStatus(int status, const CountedErrors &counted)
{
    if (status == 429)
        return BreakerVerdict::CoolDown;
    return failureIf(status >= 500 && counted.serverError);
}

// Inside of an answer that began with status 200, only the provider's words say whose mistake it is. OpenAI's and
// Anthropic's error types, and the codes that compatible services share.
bool blamesTheRequest(const Error &error)
{
    static constexpr std::array kWords = {
        "invalid_request_error", "authentication_error",    "permission_error",         "not_found_error",
        "request_too_large",     "context_length_exceeded", "content_policy_violation", "content_filter",
    };
    return std::ranges::any_of(
        kWords, [&](const char *word) { return error.upstreamType == word || error.upstreamCode == word; });
}

bool isRateLimit(const Error &error)
{
    return error.upstreamType == "rate_limit_error" || error.upstreamCode == "rate_limit_exceeded";
}

BreakerVerdict verdictOfProtocol(const Error &error, const CountedErrors &counted)
{
    if (error.reason == "provider_not_supported") // nobody was called
        return BreakerVerdict::Neutral;
    if (isRateLimit(error))
        return BreakerVerdict::CoolDown;
    return failureIf(!blamesTheRequest(error) && counted.protocol);
}

} // namespace

BreakerVerdict breakerVerdict(const Error &error, const CountedErrors &counted)
{
    if (error.refusal != Refusal::None) // a request that this model does not take
        return BreakerVerdict::Neutral;
    switch (error.kind) {
    case ErrorKind::UpstreamStatus:
        return verdictOfStatus(error.upstreamStatus, counted);
    case ErrorKind::UpstreamTimeout:
        return failureIf(counted.timeout);
    case ErrorKind::UpstreamTransport:
        return failureIf(counted.transport);
    case ErrorKind::UpstreamProtocol:
        return verdictOfProtocol(error, counted);
    default: // the client's doing, or our own
        return BreakerVerdict::Neutral;
    }
}

} // namespace lunargate
