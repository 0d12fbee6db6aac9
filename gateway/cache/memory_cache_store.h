// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/cache_store.h"

#include <array>
#include <atomic>
#include <functional>
#include <limits>
#include <list>
#include <mutex>
#include <unordered_map>

namespace lunargate {

/// Answers in this process's memory, the least recently used of all going first. Its parts have locks of their own, so
/// that workers seldom meet; every function takes a time that does not depend on how much there is (clear() and
/// setLimits() apart). Any thread.
class MemoryCacheStore : public CacheStore
{
public:
    using TimeSource = std::function<TimePoint()>; ///< called from any thread

    explicit MemoryCacheStore(const CacheLimits &limits, TimeSource now = &Clock::now);

    Task<SharedAnswer> find(CacheKey key) override;
    Task<SharedAnswer> peek(CacheKey key) override;
    void insert(const CacheKey &key, SharedAnswer answer) override;
    qint64 clear() override;
    void setLimits(const CacheLimits &limits) override;
    CacheContents contents() const override;

    /// What an entry takes beside its answer.
    static const qint64 kEntryOverhead;

private:
    struct Entry
    {
        CacheKey key;
        SharedAnswer answer;
        qint64 bytes = 0;
        quint64 usedAt = 0; ///< by m_uses
    };
    using Entries = std::list<Entry>;

    static constexpr quint64 kNothing = std::numeric_limits<quint64>::max();

    struct Shard
    {
        mutable std::mutex mutex; // protects the two below
        Entries entries;          // the last used one first
        std::unordered_map<CacheKey, Entries::iterator, CacheKeyHash> index;
        std::atomic<quint64> oldestUse = kNothing; // of entries.back(); changed with the lock held
    };

    Shard &shardOf(const CacheKey &key) { return m_shards[static_cast<unsigned char>(key.bytes.back()) % kShards]; }
    SharedAnswer lookUp(const CacheKey &key);
    SharedAnswer look(const CacheKey &key);
    bool isExpired(const Entry &entry, TimePoint now) const;
    void use(Shard &shard, Entries::iterator entry);
    void take(Shard &shard, Entries::iterator entry, Entries &taken);
    void takeExpired(Shard &shard, TimePoint now, Entries &taken);
    bool isOverfull() const;
    void trim();

    static constexpr size_t kShards = 16;

    TimeSource m_now;
    std::array<Shard, kShards> m_shards;
    std::mutex m_trimming; // one thread makes room at a time, so that nobody takes more than is too much
    std::atomic<quint64> m_uses = 0;
    std::atomic<std::chrono::milliseconds> m_timeToLive;
    std::atomic<qint64> m_maxEntries, m_maxBytes;
    std::atomic<qint64> m_entries = 0, m_bytes = 0;
    std::atomic<quint64> m_expired = 0, m_displaced = 0, m_displacedBytes = 0, m_purged = 0;
};

} // namespace lunargate
