// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/rate_limiter.h"
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

} // namespace

std::vector<Part> limitParts()
{
    return {{"limits/model-call", 640, &modelCall}};
}

} // namespace lunargate::bench
