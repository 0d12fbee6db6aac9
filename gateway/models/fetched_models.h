// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/async/time.h"
#include "gateway/chat/provider_model.h"

#include <QByteArray>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace lunargate {

/// The model lists that the providers of one configuration told, and who is being asked. Shared by all workers; every
/// function may be called from any thread.
class FetchedModels
{
public:
    using TimeSource = std::function<TimePoint()>; ///< called from any thread

    /// The right to ask a provider, and the duty to say what came of it. Going without a word, as it does when its task
    /// is cancelled, it counts as a failure. The store outlives it.
    class Claim
    {
    public:
        Claim(Claim &&other) noexcept;
        Claim &operator=(Claim &&) = delete;
        ~Claim();

        void succeed(std::vector<ProviderModel> models);
        /// The list from before stays. True if this should be logged: once in a time to live, as long as it lasts.
        bool fail();

    private:
        friend FetchedModels;
        Claim(FetchedModels &store, QByteArray provider, std::chrono::milliseconds timeToLive);

        FetchedModels *m_store; // null: nothing is left to be said
        QByteArray m_provider;
        std::chrono::milliseconds m_timeToLive;
    };

    explicit FetchedModels(TimeSource now = &Clock::now) : m_now(std::move(now)) {}
    FetchedModels(const FetchedModels &) = delete;
    FetchedModels &operator=(const FetchedModels &) = delete;

    /// Takes over what `other` knows of these providers. Whoever asks one of them there at present tells `other` alone.
    void adopt(const FetchedModels &other, const std::vector<QByteArray> &providers);

    /// What each provider told last, by its id. Those that told nothing yet are missing.
    ProviderModelLists lists() const;

    /// The right to ask `provider`, for one at a time. Nothing if somebody else has it, if the list is younger than
    /// `timeToLive`, or if asking failed just now.
    std::optional<Claim> claim(const QByteArray &provider, std::chrono::milliseconds timeToLive);

    /// Ends when it is known what came of asking `provider` for the first time, or at the deadline.
    Task<> firstOutcome(QByteArray provider, TimePoint deadline);

private:
    class Waiter;
    struct Entry
    {
        std::shared_ptr<const std::vector<ProviderModel>> models; // null: it told none yet
        TimePoint fetchedAt{};
        std::optional<TimePoint> failedAt; // the last time since then
        std::optional<TimePoint> loggedAt; // likewise
        bool isClaimed = false;
        std::vector<Waiter *> waiters;

        // Whoever asks again after a failure has new hope.
        bool hasOutcome() const { return models || (failedAt && !isClaimed); }
    };

    bool isDue(const Entry &entry, std::chrono::milliseconds timeToLive) const;
    void succeed(const QByteArray &provider, std::vector<ProviderModel> models);
    bool fail(const QByteArray &provider, std::chrono::milliseconds timeToLive);
    static void wake(Entry &entry);

    TimeSource m_now;
    mutable std::mutex m_mutex; // protects m_entries, with the waiters' membership in it
    std::map<QByteArray, Entry> m_entries;
};

} // namespace lunargate
