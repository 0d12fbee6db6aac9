// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/async/time.h"
#include "gateway/cache/cache_key.h"
#include "gateway/cache/cached_answer.h"

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace lunargate {

/// Equal requests that come while one of them is being answered wait for its answer. One leads, the others follow; if
/// the leader's client leaves, the follower who waits longest leads. If a leader fails, that follower tries as well;
/// if that fails too, nobody waits any more, or everybody's timeouts would add up. Any thread; outlives its tasks.
class SingleFlight
{
public:
    /// More do not wait for one leader: they go by themselves.
    static constexpr size_t kMaxFollowers = 1000;
    /// So many leaders fail before the followers go by themselves.
    static constexpr int kMaxFailures = 2;

    /// The duty to bring an answer. Going without a word, it is as if the client had left.
    class Lead
    {
    public:
        Lead(Lead &&other) noexcept;
        Lead &operator=(Lead &&) = delete;
        ~Lead();

        /// Every follower has this answer now.
        void succeed(SharedAnswer answer);
        void fail();

    private:
        friend SingleFlight;
        Lead(SingleFlight &owner, const CacheKey &key) : m_owner(&owner), m_key(key) {}

        SingleFlight *m_owner; // null: nothing is left to be said
        CacheKey m_key;
    };

    /// What to do now: lead, take the answer, or, with neither, ask for oneself alone.
    struct Turn
    {
        std::optional<Lead> lead = {};
        SharedAnswer answer = {};
    };

    SingleFlight() = default;
    SingleFlight(const SingleFlight &) = delete;
    SingleFlight &operator=(const SingleFlight &) = delete;

    /// Ends at once for who leads, else when there is an answer or nobody left to wait for, or at the deadline.
    Task<Turn> join(CacheKey key, TimePoint deadline);

    /// How many wait at this moment.
    qsizetype followers() const;

private:
    class Follower;
    struct Flight
    {
        std::list<Follower *> followers; // in the order in which they came
        int failures = 0;
    };
    using Flights = std::unordered_map<CacheKey, Flight, CacheKeyHash>;

    std::optional<Lead> tryToLead(const CacheKey &key);
    void finish(const CacheKey &key, const SharedAnswer &answer);
    void fail(const CacheKey &key);
    void leave(const CacheKey &key);
    void passOn(Flights::iterator flight);

    mutable std::mutex m_mutex; // protects m_flights, and of each follower what is not its thread's own
    Flights m_flights;          // those that somebody leads
};

} // namespace lunargate
