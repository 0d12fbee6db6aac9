// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/cache/cache_key.h"
#include "gateway/cache/cached_answer.h"

#include <chrono>

namespace lunargate {

/// How much a store keeps, and for how long.
struct CacheLimits
{
    std::chrono::milliseconds timeToLive{0};
    qint64 entries = 0; ///< 0: nothing is kept
    qint64 bytes = 0;   ///< of all entries, with their keys and what keeps them in order

    bool operator==(const CacheLimits &) const = default;
};

/// What a store holds, and what it let go since it was made.
struct CacheContents
{
    qint64 entries = 0;
    qint64 bytes = 0;
    quint64 expired = 0;        ///< their time was over
    quint64 displaced = 0;      ///< there were too many of them
    quint64 displacedBytes = 0; ///< together they were too large
    quint64 purged = 0;         ///< by clear()
};

/// Where answers are kept. Every function may be called from any thread. Looking up is a task, so that a store may be
/// at the end of a network; what is in memory answers at once. Putting in takes no time: such a store sends it later.
class CacheStore
{
public:
    CacheStore() = default;
    CacheStore(const CacheStore &) = delete;
    CacheStore &operator=(const CacheStore &) = delete;
    virtual ~CacheStore() = default;

    /// Null if there is none, or none young enough. The answer counts as used.
    virtual Task<SharedAnswer> find(CacheKey key) = 0;
    /// The same for who only wants to know: it does not count as used.
    virtual Task<SharedAnswer> peek(CacheKey key) = 0;
    /// Keeps `answer`, in place of what was there. It may be let go at once.
    virtual void insert(const CacheKey &key, SharedAnswer answer) = 0;
    /// Lets everything go; returns how many entries that were.
    virtual qint64 clear() = 0;
    /// From now on, also for what is there.
    virtual void setLimits(const CacheLimits &limits) = 0;
    virtual CacheContents contents() const = 0;
};

} // namespace lunargate
