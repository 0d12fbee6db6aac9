// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/native_request.h"
#include "gateway/http/response_writer.h"
#include "gateway/limits/rate_limiter.h"

#include <chrono>

// What clients are told of their limits.
namespace lunargate::headers {

/// Those that limit the caller, in the names of the client's dialect (see rate_limit_names.h): limit, what remains and
/// when it is full again, for requests and tokens; and for the existing gateway's clients `X-RateLimit-Limit` and
/// `-Remaining`. Of the caller's own and the global limit the one that leaves less.
void setLimits(const RateLimiter::Standing &standing, ResponseWriter &response,
               ChatProtocol client = ChatProtocol::OpenAiChat);

/// When another try has a chance: `Retry-After-Ms`, and `X-Should-Retry`, which OpenAI's libraries obey: they wait no
/// longer than a minute whatever they are told. The caller sets `Retry-After`.
void setRetryHints(const LimitRefusal &refusal, ResponseWriter &response);

/// A time as OpenAI writes it in these headers: `120ms`, `1s`, `6m0s`; rounded up.
QByteArray resetText(std::chrono::nanoseconds time);

} // namespace lunargate::headers
