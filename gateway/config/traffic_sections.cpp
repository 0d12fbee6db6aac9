// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include <algorithm>

namespace lunargate {

void readRateLimiting(SectionReader &root, RateLimitingConfig &limiting)
{
    root.section("rate_limiting", [&](SectionReader &section) {
        section.read("enabled", limiting.enabled);
        section.read("requests_per_minute", limiting.requestsPerMinute, {.smallest = 0});
        section.read("burst_size", limiting.burstSize);
        if (limiting.burstSize <= 0)
            limiting.burstSize = std::max(1, limiting.requestsPerMinute / 6);
        if (limiting.enabled && limiting.requestsPerMinute == 0)
            section.context().error(section.placeOf("requests_per_minute"),
                                    "expected a whole number of at least 1, as rate limiting is enabled");
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
        // Older configurations could say 0 or less, which kept one entry.
        caching.maxSize = std::max(caching.maxSize, 1);
        if (caching.enabled && caching.ttl == 0ms)
            section.context().error(section.placeOf("ttl"), "expected a duration above 0, as caching is enabled");
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

void readLogging(SectionReader &root, LoggingConfig &logging)
{
    root.section("logging", [&](SectionReader &section) {
        section.read("level", logging.level);
        section.read("format", logging.format);
    });
}

} // namespace lunargate
