// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits/limit_permit.h"
#include "gateway/limits/limit_state.h"
#include "gateway/security/caller.h"

#include <QHash>

#include <algorithm>
#include <array>
#include <atomic>
#include <list>
#include <mutex>
#include <vector>

namespace lunargate {

/// Whose limits a caller uses: those of its key's name, or else of its network (see networkOf()).
QByteArray limitIdentity(const Caller &caller);

/// What the clients may use, by `rate_limiting`. One for all workers: any thread. Requests are taken when they come,
/// tokens when it is known how many a request may need; what is refused takes nothing. While it is off nothing is
/// locked; while it is on one lock is taken a call, and a second one where there are global limits.
class RateLimiter
{
public:
    struct Bounds
    {
        size_t clients = 10'000; ///< that are remembered at once
        size_t shards = 16;      ///< parts of these with locks of their own, at most kMostShards
    };
    /// Who was not seen for that long is forgotten when a new client needs the place, unless it owes something or has
    /// requests running.
    static constexpr std::chrono::minutes kIdleTime{15};

    explicit RateLimiter(const RateLimitingConfig &config, TimePoint now = Clock::now());
    RateLimiter(const RateLimitingConfig &config, Bounds bounds, TimePoint now);
    RateLimiter(const RateLimiter &) = delete;
    RateLimiter &operator=(const RateLimiter &) = delete;

    /// Whether anything is limited.
    bool isOn() const { return m_isOn.load(std::memory_order_relaxed); }

    /// Other settings. What clients have left stays: the same part of a changed limit, all of it under an equal one.
    /// Switching off forgets everything but the requests that run.
    void apply(const RateLimitingConfig &config, TimePoint now = Clock::now());

    /// How a caller's limits stand.
    struct Standing
    {
        LimitView client;
        LimitView global;
    };
    struct Decision
    {
        std::optional<LimitRefusal> refusal; ///< nothing: it may go on
        Standing standing;                   ///< after it
    };

    /// Takes one request, and for a model call a place among those at the same time, into `permit`. All or nothing.
    Decision admit(const Caller &caller, bool isModelCall, LimitPermit &permit, TimePoint now);

    /// Puts tokens aside for a call that was admitted. If they are not there, the call gets nothing and holds nothing
    /// any more: its request and its place are given back as if it had never come.
    Decision reserve(LimitPermit &permit, const TokenEstimate &estimate, TimePoint now);

    /// What admit() and reserve() together would say. Takes nothing and remembers nobody.
    Decision look(const Caller &caller, bool isModelCall, const TokenEstimate &estimate, TimePoint now) const;

    /// The clients that have least left.
    struct Report
    {
        struct Client
        {
            QByteArray identity; ///< as Caller::identity() has it
            LimitView limits;
            std::chrono::nanoseconds unseenFor{0};
        };
        size_t clients = 0; ///< that are remembered
        size_t bound = 0;
        LimitView global;
        std::vector<Client> scarcest; ///< least left first
    };
    /// At most `most` of them. Locks one shard after the other.
    Report report(size_t most, TimePoint now) const;

private:
    friend class LimitPermit;

    static constexpr size_t kMostShards = 16;

    struct Settings
    {
        LimitsConfig perClient;
        QHash<QByteArray, LimitsConfig> byIdentity;

        const LimitsConfig &of(const QByteArray &identity) const;
    };

    /// Some of the clients, the one seen least lately first.
    struct Shard
    {
        using Order = std::list<std::shared_ptr<LimitedClient>>;

        mutable std::mutex mutex; // protects everything here, and the clients
        std::shared_ptr<const Settings> settings;
        Order order;
        QHash<QByteArray, Order::iterator> byIdentity;

        std::shared_ptr<LimitedClient> see(const QByteArray &identity, size_t shard, size_t bound, TimePoint now);
        void makeRoom(size_t bound, TimePoint now);
        void forgetFirst();
    };

    // With the locks of the client, and of the global limits if these count.
    std::optional<LimitRefusal> check(const LimitState &client, bool isGlobal, const LimitDemand &demand,
                                      TimePoint now) const;
    Standing standing(const LimitState &client, bool isGlobal, TimePoint now) const;

    size_t shardOf(const QByteArray &identity) const;
    size_t clientsPerShard() const { return std::max<size_t>(1, m_bounds.clients / m_bounds.shards); }
    std::unique_lock<std::mutex> lockGlobal() const;
    void settle(LimitPermit &permit, qint64 tokensUsed, TimePoint now);

    const Bounds m_bounds;
    std::atomic<bool> m_isOn = false;
    std::atomic<bool> m_hasGlobal = false;
    std::array<Shard, kMostShards> m_shards;

    mutable std::mutex m_globalMutex; // protects m_global; taken after a shard's
    LimitState m_global;

    std::mutex m_applyMutex; // protects m_config, and lets one apply() run at a time; taken before all others
    RateLimitingConfig m_config;
};

} // namespace lunargate
