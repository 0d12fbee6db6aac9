// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/buffered_response.h"
#include "gateway/limits/rate_limiter.h"
#include "gateway/pipeline/limit_headers.h"
#include "tests/bench/parts/part.h"

#include <array>

namespace lunargate::bench {

namespace {

constexpr int kClients = 64;

// A model call's way through the limits of its client and of all: let in, its tokens put aside, and what it used.
Part::Work modelCall()
{
    RateLimitingConfig config;
    config.enabled = true;
    config.perClient = {.requestsPerMinute = 6000, .burstSize = 100, .tokensPerMinute = 10'000'000, .maxConcurrent = 8};
    config.global = {.requestsPerMinute = 600'000, .burstSize = 1000, .tokensPerMinute = 0, .maxConcurrent = 100};
    std::array<Caller, kClients> callers;
    for (int number = 0; number < kClients; ++number) {
        callers[size_t(number)].name = "client-" + QByteArray::number(number);
        callers[size_t(number)].address = "198.51.100.7";
    }
    constexpr TimePoint kStart{std::chrono::hours(1)};
    auto limiter = std::make_unique<RateLimiter>(config, kStart);
    return [limiter = std::move(limiter), callers = std::move(callers), now = kStart, next = size_t(0)]() mutable {
        now += std::chrono::milliseconds(1);
        const Caller &caller = callers[next++ % kClients];
        LimitPermit permit;
        if (limiter->admit(caller, true, permit, now).refusal)
            return qsizetype(0);
        if (limiter->reserve(permit, {.input = 300, .output = 700}, now).refusal)
            return qsizetype(0);
        permit.settle(800, now);
        return qsizetype(1);
    };
}

// What an answer tells about the limits: once when a call is let in, and again when its tokens are put aside.
Part::Work limitHeaders()
{
    constexpr BucketView kRequests{
        .limit = 6000, .capacity = 100, .remaining = 93, .untilFull = std::chrono::milliseconds(70)};
    constexpr BucketView kTokens{
        .limit = 10'000'000, .capacity = 10'000'000, .remaining = 9'998'765, .untilFull = std::chrono::milliseconds(8)};
    const RateLimiter::Standing standing{.client = {.requests = kRequests, .tokens = kTokens}, .global = {}};
    return [standing] {
        constexpr qint64 kNoBody = 0;
        BufferedResponse response(kNoBody);
        headers::setLimits(standing, response, ChatProtocol::OpenAiChat);
        headers::setLimits(standing, response, ChatProtocol::OpenAiChat);
        return qsizetype(response.headers().count("X-RateLimit-Reset-Tokens"));
    };
}

} // namespace

std::vector<Part> limitParts()
{
    return {{"limits/model-call", 640, &modelCall}, {"limits/headers", 640, &limitHeaders}};
}

} // namespace lunargate::bench
