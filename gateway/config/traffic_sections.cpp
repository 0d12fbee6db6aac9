// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include <algorithm>

namespace lunargate {

namespace {

void readLimits(SectionReader &section, LimitsConfig &limits)
{
    section.read("requests_per_minute", limits.requestsPerMinute, {.smallest = 0});
    section.read("burst_size", limits.burstSize);
    section.read("tokens_per_minute", limits.tokensPerMinute, {.smallest = 0});
    section.read("max_concurrent", limits.maxConcurrent, {.smallest = 0});
    if (limits.burstSize <= 0 && !section.isDescribing())
        limits.burstSize = std::max(1, limits.requestsPerMinute / 6);
}

bool limitsNothing(const LimitsConfig &limits)
{
    return limits.requestsPerMinute == 0 && limits.tokensPerMinute == 0 && limits.maxConcurrent == 0;
}

/// A word of `circuit_breaker.counted_errors`.
constexpr std::pair<QByteArrayView, bool CountedErrors::*> kCountedErrors[] = {
    {"5xx", &CountedErrors::serverError},
    {"timeout", &CountedErrors::timeout},
    {"transport", &CountedErrors::transport},
    {"protocol", &CountedErrors::protocol},
};

void readCountedErrors(SectionReader &section, CountedErrors &counted)
{
    std::vector<QByteArray> words{"5xx", "timeout", "transport", "protocol"};
    section.read("counted_errors", words);
    counted = {.serverError = false, .timeout = false, .transport = false, .protocol = false};
    for (const QByteArray &word : words) {
        const auto known =
            std::ranges::find(kCountedErrors, word.toLower(), &std::pair<QByteArrayView, bool CountedErrors::*>::first);
        if (known != std::end(kCountedErrors))
            counted.*(known->second) = true;
        else
            section.context().error(section.placeOf("counted_errors"),
                                    "expected 5xx, timeout, transport or protocol, found `" + word + '`');
    }
}

} // namespace

void readRateLimiting(SectionReader &root, RateLimitingConfig &limiting, std::vector<NameReference> &references)
{
    root.section("rate_limiting", [&](SectionReader &section) {
        section.read("enabled", limiting.enabled);
        readLimits(section, limiting.perClient);
        section.section("global", [&](SectionReader &global) { readLimits(global, limiting.global); });
        section.list("keys", [&](SectionReader &item) {
            RateLimitingConfig::KeyLimits key;
            item.read("name", key.name);
            readLimits(item, key.limits);
            if (key.name.isEmpty())
                item.context().error(item.placeOf("name"),
                                     "the limits have no name; write that of a key under security.api_key.keys");
            else
                references.push_back({key.name, item.placeOf("name")});
            limiting.keys.push_back(std::move(key));
        });
        if (limiting.enabled && limitsNothing(limiting.perClient) && limitsNothing(limiting.global) &&
            limiting.keys.empty())
            section.context().error(section.placeOf("requests_per_minute"),
                                    "expected a whole number of at least 1, as rate limiting is enabled "
                                    "and nothing else is limited");
    });
}

void readCaching(SectionReader &root, CachingConfig &caching)
{
    root.section("caching", [&](SectionReader &section) {
        section.read("enabled", caching.enabled);
        section.read("ttl", caching.ttl);
        section.read("max_size", caching.maxSize);
        section.readSize("max_entry_bytes", caching.maxEntryBytes, {.smallest = 1});
        section.readSize("max_bytes", caching.maxBytes, {.smallest = 1});
        section.read("scope", caching.scope);
        section.read("streams", caching.streams);
        section.read("stream_interval", caching.streamInterval);
        section.read("single_flight", caching.singleFlight);
        // Older configurations could say 0 or less, which kept one entry.
        caching.maxSize = std::max(caching.maxSize, 1);
        if (caching.enabled && caching.ttl == 0ms)
            section.context().error(section.placeOf("ttl"), "expected a duration above 0, as caching is enabled");
    });
}

void readStoredResponses(SectionReader &root, StoredResponsesConfig &stored)
{
    root.section("stored_responses", [&](SectionReader &section) {
        section.read("max_entries", stored.maxEntries, {.smallest = 0});
        section.readSize("max_bytes", stored.maxBytes, {.smallest = 0});
        section.read("ttl", stored.ttl);
    });
}

void readRetry(SectionReader &root, RetryConfig &retry)
{
    root.section("retry", [&](SectionReader &section) {
        section.read("enabled", retry.enabled);
        section.read("max_attempts", retry.maxAttempts, {1, 10});
        section.read("initial_delay", retry.initialDelay);
        section.read("max_delay", retry.maxDelay);
        section.read("multiplier", retry.multiplier, {.smallest = 1});
        section.read("jitter_factor", retry.jitterFactor, {0, 1});
        section.read("retryable_errors", retry.retryableErrors, {400, 599});
        if (retry.initialDelay > retry.maxDelay)
            section.context().warn(section.placeOf("initial_delay"),
                                   "every delay is cut to max_delay, which is shorter");
    });
}

void readCircuitBreaker(SectionReader &root, CircuitBreakerConfig &breaker)
{
    root.section("circuit_breaker", [&](SectionReader &section) {
        section.read("enabled", breaker.enabled);
        section.read("scope", breaker.scope);
        section.read("failure_threshold", breaker.failureThreshold, {1, 10'000});
        section.read("window", breaker.window);
        section.read("min_failure_ratio", breaker.minFailureRatio, {0, 1});
        section.read("open_for", breaker.openFor);
        section.read("half_open_probes", breaker.halfOpenProbes, {1, 100});
        readCountedErrors(section, breaker.countedErrors);
        section.read("last_target", breaker.lastTarget);
        for (const auto &[key, value] : {std::pair("window", breaker.window), std::pair("open_for", breaker.openFor)}) {
            if (value == 0ms)
                section.context().error(section.placeOf(key), "expected a duration above 0");
        }
    });
}

void readTimeouts(SectionReader &section, TimeoutsConfig &timeouts)
{
    section.section("timeouts", [&](SectionReader &map) {
        map.read("connect", timeouts.connect);
        map.read("headers", timeouts.headers);
        map.read("first_content", timeouts.firstContent);
        map.read("between_chunks", timeouts.betweenChunks);
        map.read("total", timeouts.total);
    });
}

void readLogging(SectionReader &root, LoggingConfig &logging)
{
    root.section("logging", [&](SectionReader &section) {
        section.read("level", logging.level);
        section.read("format", logging.format);
    });
}

} // namespace lunargate
