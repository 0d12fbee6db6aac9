// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/config/config.h"

#include <QByteArray>

#include <atomic>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace lunargate {

/// How often each client showed a wrong key of late, and how many of them wait for their answer. It slows guessing down
/// and keeps the log readable. Who shows a good key is answered at once, unless so many from the same address wait that
/// his key must take its turn to be compared. Shared by all workers; every function may be called from any thread.
class FailedAttempts
{
public:
    struct Limits
    {
        std::size_t addresses = 10'000; ///< remembered; the longest quiet one is forgotten first
        int waiting = 256;              ///< answers held back at a time
        int waitingPerAddress = 8;
        std::chrono::milliseconds memory = std::chrono::minutes(10); ///< since the last attempt that failed
        std::chrono::milliseconds turn{250}; ///< between two comparisons for an address that finds no place
    };

    /// A place among those that wait. Whoever has none must be refused at once.
    class Place
    {
    public:
        Place(Place &&other) noexcept
            : m_owner(std::exchange(other.m_owner, nullptr)), m_address(std::move(other.m_address))
        {
        }
        Place &operator=(Place &&) = delete;
        ~Place();

    private:
        friend FailedAttempts;
        Place(FailedAttempts &owner, QByteArray address) : m_owner(&owner), m_address(std::move(address)) {}

        FailedAttempts *m_owner;
        QByteArray m_address;
    };

    /// What becomes of the answer to an attempt that failed.
    struct Penalty
    {
        std::chrono::milliseconds wait{0}; ///< 0: none
        std::optional<Place> place;        ///< nothing if there is no wait, or if too many wait already
    };

    FailedAttempts() : FailedAttempts(Limits{}) {}
    explicit FailedAttempts(Limits limits) : m_limits(limits) {}
    FailedAttempts(const FailedAttempts &) = delete;
    FailedAttempts &operator=(const FailedAttempts &) = delete;

    /// Notes that `address` failed at `now`. The owner of the place outlives it.
    Penalty fail(const QByteArray &address, const SecurityConfig::SlowDown &settings, TimePoint now);

    /// Whether a key that `address` shows may be compared. Where one more failure would find no place to wait, so that
    /// its answer would tell at once what others are held back for, only one may now and then; asking takes that turn.
    /// Costs next to nothing while nobody fails.
    bool mayCompare(const QByteArray &address, const SecurityConfig::SlowDown &settings, TimePoint now);

    /// `address` showed a good key: what was before is forgotten. Costs next to nothing while nobody fails.
    void succeed(const QByteArray &address);

    /// How many addresses are remembered.
    std::size_t size() const { return m_size.load(std::memory_order_relaxed); }

private:
    struct Entry
    {
        QByteArray address;
        int failures = 0;
        int waiting = 0;
        TimePoint lastAt{};
        TimePoint nextTurn{};
    };
    using Entries = std::list<Entry>;

    bool isFullFor(const Entry &entry, const SecurityConfig::SlowDown &settings, TimePoint now) const;
    Entry &entryOf(const QByteArray &address, TimePoint now);
    void forget(Entries::iterator entry);
    void leave(const QByteArray &address);

    const Limits m_limits;
    std::mutex m_mutex; // protects all below; m_size is also read without it
    Entries m_entries;  // the one that failed last comes first
    std::unordered_map<QByteArray, Entries::iterator> m_byAddress;
    int m_waiting = 0;
    std::atomic<std::size_t> m_size = 0;
};

/// How long the answer to that failure waits: nothing for the free ones, then 250 ms, then twice as long each time, up
/// to `max_delay`. `failure` counts from 1.
std::chrono::milliseconds delayOf(int failure, const SecurityConfig::SlowDown &settings);

} // namespace lunargate
