// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/memory_cache_store.h"

#include <algorithm>

namespace lunargate {

namespace {

// A block's header in the allocator, for the node of the list and that of the index.
constexpr qint64 kNodes = 2 * 16;
// Of the index: its place among the buckets.
constexpr qint64 kBucket = 16;

} // namespace

const qint64 MemoryCacheStore::kEntryOverhead =
    qint64(sizeof(Entry) + 2 * sizeof(void *)) +                                // in the list
    qint64(sizeof(CacheKey) + sizeof(Entries::iterator) + 2 * sizeof(void *)) + // in the index
    kNodes + kBucket;

MemoryCacheStore::MemoryCacheStore(const CacheLimits &limits, TimeSource now)
    : m_now(std::move(now)), m_timeToLive(limits.timeToLive), m_maxEntries(limits.entries), m_maxBytes(limits.bytes)
{
}

Task<SharedAnswer> MemoryCacheStore::find(CacheKey key)
{
    co_return lookUp(key);
}

SharedAnswer MemoryCacheStore::lookUp(const CacheKey &key)
{
    Entries taken; // freed after the lock
    Shard &shard = shardOf(key);
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found == shard.index.end())
        return nullptr;
    if (isExpired(*found->second, m_now())) {
        ++m_expired;
        take(shard, found->second, taken);
        return nullptr;
    }
    use(shard, found->second);
    return found->second->answer;
}

Task<SharedAnswer> MemoryCacheStore::peek(CacheKey key)
{
    co_return look(key);
}

SharedAnswer MemoryCacheStore::look(const CacheKey &key)
{
    const Shard &shard = shardOf(key);
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.index.find(key);
    const bool isThere = found != shard.index.end() && !isExpired(*found->second, m_now());
    return isThere ? found->second->answer : nullptr;
}

void MemoryCacheStore::insert(const CacheKey &key, SharedAnswer answer)
{
    const qint64 bytes = answer->bytes() + kEntryOverhead;
    if (bytes > m_maxBytes || m_maxEntries < 1)
        return; // it would push out everything else and still find no room
    Entries taken;
    {
        Shard &shard = shardOf(key);
        const std::scoped_lock lock(shard.mutex);
        if (const auto found = shard.index.find(key); found != shard.index.end())
            take(shard, found->second, taken);
        takeExpired(shard, m_now(), taken);
        shard.entries.push_front({.key = key, .answer = std::move(answer), .bytes = bytes});
        shard.index.emplace(key, shard.entries.begin());
        ++m_entries;
        m_bytes += bytes;
        use(shard, shard.entries.begin());
    }
    trim(); // looks at the limits again: they may have become smaller, or nothing, while this was put in
}

qint64 MemoryCacheStore::clear()
{
    qint64 count = 0;
    for (Shard &shard : m_shards) {
        Entries taken;
        {
            const std::scoped_lock lock(shard.mutex);
            while (!shard.entries.empty())
                take(shard, shard.entries.begin(), taken);
        }
        count += static_cast<qint64>(taken.size());
    }
    m_purged += static_cast<quint64>(count);
    return count;
}

void MemoryCacheStore::setLimits(const CacheLimits &limits)
{
    m_timeToLive = limits.timeToLive;
    m_maxEntries = limits.entries;
    m_maxBytes = limits.bytes;
    if (limits.entries < 1) {
        clear();
        return;
    }
    for (Shard &shard : m_shards) {
        Entries taken;
        const std::scoped_lock lock(shard.mutex);
        takeExpired(shard, m_now(), taken);
    }
    trim();
}

CacheContents MemoryCacheStore::contents() const
{
    return {.entries = m_entries,
            .bytes = m_bytes,
            .expired = m_expired,
            .displaced = m_displaced,
            .displacedBytes = m_displacedBytes,
            .purged = m_purged};
}

bool MemoryCacheStore::isExpired(const Entry &entry, TimePoint now) const
{
    return now - entry.answer->storedAt >= m_timeToLive.load();
}

// With the shard locked, as the three below.
void MemoryCacheStore::use(Shard &shard, Entries::iterator entry)
{
    entry->usedAt = ++m_uses;
    shard.entries.splice(shard.entries.begin(), shard.entries, entry);
    shard.oldestUse = shard.entries.back().usedAt;
}

void MemoryCacheStore::take(Shard &shard, Entries::iterator entry, Entries &taken)
{
    --m_entries;
    m_bytes -= entry->bytes;
    shard.index.erase(entry->key);
    taken.splice(taken.begin(), shard.entries, entry);
    shard.oldestUse = shard.entries.empty() ? kNothing : shard.entries.back().usedAt;
}

// What was not used for a whole time to live is at the end, so that nothing stays for ever that nobody asks for.
void MemoryCacheStore::takeExpired(Shard &shard, TimePoint now, Entries &taken)
{
    while (!shard.entries.empty() && isExpired(shard.entries.back(), now)) {
        ++m_expired;
        take(shard, std::prev(shard.entries.end()), taken);
    }
}

bool MemoryCacheStore::isOverfull() const
{
    return m_entries > m_maxEntries || m_bytes > m_maxBytes;
}

void MemoryCacheStore::trim()
{
    if (!isOverfull())
        return;
    Entries taken; // freed after the lock
    const std::scoped_lock trimming(m_trimming);
    while (isOverfull()) {
        Shard &shard = *std::ranges::min_element(m_shards, {}, [](const Shard &s) { return s.oldestUse.load(); });
        const std::scoped_lock lock(shard.mutex);
        if (shard.entries.empty())
            continue; // somebody took it meanwhile; what is counted is somewhere else
        ++(m_entries > m_maxEntries ? m_displaced : m_displacedBytes);
        take(shard, std::prev(shard.entries.end()), taken);
    }
}

} // namespace lunargate
