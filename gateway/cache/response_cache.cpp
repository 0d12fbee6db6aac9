// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/response_cache.h"

#include "gateway/cache/memory_cache_store.h"

namespace lunargate {

namespace {

CacheLimits limitsOf(const CachingConfig &config)
{
    return {.timeToLive = config.ttl, .entries = config.enabled ? config.maxSize : 0, .bytes = config.maxBytes};
}

} // namespace

ResponseCache::ResponseCache(const CachingConfig &config, TimeSource now)
    : m_now(std::move(now)),
      m_config(config),
      m_maxEntryBytes(config.maxEntryBytes),
      m_store(std::make_unique<MemoryCacheStore>(limitsOf(config), m_now))
{
}

void ResponseCache::apply(const CachingConfig &config)
{
    const std::scoped_lock lock(m_mutex);
    if (config == m_config)
        return;
    m_config = config;
    m_maxEntryBytes = config.maxEntryBytes;
    m_store->setLimits(limitsOf(config));
}

SharedAnswer ResponseCache::store(const CacheKey &key, CachedAnswer answer)
{
    answer.storedAt = m_now();
    auto shared = std::make_shared<const CachedAnswer>(std::move(answer));
    if (shared->bytes() > m_maxEntryBytes) {
        ++m_tooLarge;
    } else {
        ++m_stored;
        m_store->insert(key, shared);
    }
    return shared;
}

std::chrono::seconds ResponseCache::age(const CachedAnswer &answer) const
{
    return std::chrono::duration_cast<std::chrono::seconds>(m_now() - answer.storedAt);
}

ResponseCache::Statistics ResponseCache::statistics() const
{
    Statistics statistics{.contents = m_store->contents(),
                          .hits = m_hits,
                          .misses = m_misses,
                          .shared = m_shared,
                          .stored = m_stored,
                          .tooLarge = m_tooLarge,
                          .followers = m_flights.followers()};
    const std::scoped_lock lock(m_mutex);
    statistics.config = m_config;
    return statistics;
}

} // namespace lunargate
