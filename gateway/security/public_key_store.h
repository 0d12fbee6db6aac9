// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/async/time.h"
#include "gateway/security/public_keys.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace lunargate {

/// Public keys as they are known now.
struct KnownPublicKeys
{
    std::shared_ptr<const PublicKeys> keys; ///< null: there are none
    quint64 version = 0;                    ///< another one whenever they are others
};

/// The public keys of one issuer, and who is fetching newer ones. Shared by all workers; every function may be called
/// from any thread.
class PublicKeyStore
{
public:
    using TimeSource = std::function<TimePoint()>; ///< called from any thread

    /// The right to fetch the keys, and the duty to say what came of it. Going without a word, as it does when its task
    /// is cancelled, it counts as a failure. The store outlives it.
    class Claim
    {
    public:
        Claim(Claim &&other) noexcept : m_store(std::exchange(other.m_store, nullptr)) {}
        Claim &operator=(Claim &&) = delete;
        ~Claim();

        void succeed(PublicKeys keys);
        /// The keys from before stay, for a day.
        void fail();

    private:
        friend PublicKeyStore;
        explicit Claim(PublicKeyStore &store) : m_store(&store) {}

        PublicKeyStore *m_store; // null: nothing is left to be said
    };

    /// Where the keys come from.
    enum class Origin {
        Address,
        File, ///< if it cannot be read once it is marked old, nothing is trusted
    };

    explicit PublicKeyStore(Origin origin = Origin::Address, TimeSource now = &Clock::now)
        : m_origin(origin), m_now(std::move(now))
    {
    }
    PublicKeyStore(const PublicKeyStore &) = delete;
    PublicKeyStore &operator=(const PublicKeyStore &) = delete;

    /// The next claimRefresh() may fetch, without a pause. What is being fetched now does not count. The keys that are
    /// there are trusted until others come.
    void markOld();
    /// Likewise if `stamp` is another one than before: something that changes with the file.
    void noteStamp(const QByteArray &stamp);
    /// The right to look for a stamp: once in a second.
    bool claimStamp();

    /// The keys that were fetched last, if that was less than a day ago.
    KnownPublicKeys current() const;

    /// The right to fetch because the keys are older than `timeToLive`, or marked old.
    std::optional<Claim> claimRefresh(std::chrono::milliseconds timeToLive);
    /// The right to fetch because a token names a key that is not known. Once in ten seconds, whatever tokens name.
    std::optional<Claim> claimNewer();
    /// Whether somebody has a claim, so that there may soon be keys that are not known now.
    bool isFetching() const;

    /// Ends when it is known what came of the fetching that goes on, at once if none does, or at the deadline.
    Task<> outcome(TimePoint deadline);

private:
    class Waiter;

    void markOldLocked();
    bool isOld() const { return m_fetchedMark != m_mark; }
    bool isPausing() const;
    std::optional<Claim> claim();
    void finish(std::optional<PublicKeys> keys);

    const Origin m_origin;
    TimeSource m_now;
    mutable std::mutex m_mutex; // protects all below, with the waiters' membership
    KnownPublicKeys m_known;
    TimePoint m_fetchedAt{};
    std::optional<TimePoint> m_triedAt; // when the last fetching ended
    bool m_isClaimed = false;
    quint64 m_mark = 0; // counts how often they were marked old: at all, before the running fetch, before the last one
    quint64 m_claimedMark = 0;
    quint64 m_fetchedMark = 0;
    QByteArray m_stamp;
    std::optional<TimePoint> m_stampedAt;
    std::vector<Waiter *> m_waiters;
};

} // namespace lunargate
