// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/cache_store.h"
#include "gateway/cache/single_flight.h"
#include "gateway/config/config.h"

#include <QByteArrayView>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace lunargate {

/// The answers that may be given again, for all workers and across configurations. Any thread.
class ResponseCache
{
public:
    using TimeSource = std::function<TimePoint()>; ///< called from any thread

    explicit ResponseCache(const CachingConfig &config, TimeSource now = &Clock::now);

    /// A newer configuration: other limits apply at once; without caching nothing is kept. What is kept stays.
    void apply(const CachingConfig &config);

    /// Null if there is none that is young enough.
    Task<SharedAnswer> find(CacheKey key) { return m_store->find(key); }
    /// The same for who only wants to know: it does not count as used.
    Task<SharedAnswer> peek(CacheKey key) { return m_store->peek(key); }
    /// Keeps a successful answer if it is not too large; gives back what others may share.
    SharedAnswer store(const CacheKey &key, CachedAnswer answer);
    /// Lets everything go; returns how many answers that were.
    qint64 purge() { return m_store->clear(); }

    /// A request that was looked for got its answer from here, or did not.
    void count(bool isHit) { ++(isHit ? m_hits : m_misses); }
    /// The answer came from another request that ran at the same time.
    void countShared() { ++m_shared; }
    SingleFlight &flights() { return m_flights; }

    std::chrono::seconds age(const CachedAnswer &answer) const;

    struct Statistics
    {
        CachingConfig config = {};
        CacheContents contents = {};
        quint64 hits = 0;
        quint64 misses = 0;
        quint64 shared = 0; ///< of the hits: waited for, with single flight
        quint64 stored = 0;
        quint64 tooLarge = 0; ///< over max_entry_bytes
        qint64 followers = 0; ///< who wait now
    };
    Statistics statistics() const;

private:
    TimeSource m_now;
    mutable std::mutex m_mutex; // protects m_config
    CachingConfig m_config;
    std::atomic<qint64> m_maxEntryBytes;
    std::unique_ptr<CacheStore> m_store;
    SingleFlight m_flights;
    std::atomic<quint64> m_hits = 0, m_misses = 0, m_shared = 0, m_stored = 0, m_tooLarge = 0;
};

} // namespace lunargate
