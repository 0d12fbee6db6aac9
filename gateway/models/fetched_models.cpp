// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/models/fetched_models.h"

#include "gateway/async/event.h"

#include <QMetaObject>
#include <QObject>

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

// A provider that failed is asked again after this time: soon enough for one that was only being restarted, and seldom
// enough not to disturb one that is down.
constexpr milliseconds kPauseAfterFailure{30'000};

} // namespace

/// A coroutine that waits in its own thread; whoever brings the outcome may be in another.
class FetchedModels::Waiter : public QObject
{
public:
    Waiter(FetchedModels &store, QByteArray provider) : m_store(store), m_provider(std::move(provider))
    {
        const std::scoped_lock lock(m_store.m_mutex);
        Entry &entry = m_store.m_entries[m_provider];
        if (entry.hasOutcome())
            m_outcome.notify();
        else
            entry.waiters.push_back(this);
    }
    ~Waiter() override
    {
        const std::scoped_lock lock(m_store.m_mutex);
        std::erase(m_store.m_entries[m_provider].waiters, this);
    }

    Event::Awaiter outcome(TimePoint deadline) { return m_outcome.wait(deadline); }

    /// From any thread, with the store locked, so that this cannot go meanwhile.
    void wake()
    {
        QMetaObject::invokeMethod(this, [this] { m_outcome.notify(); }, Qt::QueuedConnection);
    }

private:
    FetchedModels &m_store;
    QByteArray m_provider;
    Event m_outcome;
};

FetchedModels::Claim::Claim(FetchedModels &store, QByteArray provider, milliseconds timeToLive)
    : m_store(&store), m_provider(std::move(provider)), m_timeToLive(timeToLive)
{
}

FetchedModels::Claim::Claim(Claim &&other) noexcept
    : m_store(std::exchange(other.m_store, nullptr)),
      m_provider(std::move(other.m_provider)),
      m_timeToLive(other.m_timeToLive)
{
}

FetchedModels::Claim::~Claim()
{
    if (m_store)
        fail();
}

void FetchedModels::Claim::succeed(std::vector<ProviderModel> models)
{
    m_store->succeed(m_provider, std::move(models)); // may throw; then it counts as a failure
    m_store = nullptr;
}

bool FetchedModels::Claim::fail()
{
    return std::exchange(m_store, nullptr)->fail(m_provider, m_timeToLive);
}

void FetchedModels::adopt(const FetchedModels &other, const std::vector<QByteArray> &providers)
{
    const std::scoped_lock lock(m_mutex, other.m_mutex);
    for (const QByteArray &provider : providers) {
        const auto known = other.m_entries.find(provider);
        if (known == other.m_entries.end() || !known->second.models)
            continue;
        Entry &entry = m_entries[provider];
        entry.models = known->second.models;
        entry.fetchedAt = known->second.fetchedAt;
    }
}

ProviderModelLists FetchedModels::lists() const
{
    const std::scoped_lock lock(m_mutex);
    ProviderModelLists lists;
    for (const auto &[provider, entry] : m_entries) {
        if (entry.models)
            lists.emplace(provider, entry.models);
    }
    return lists;
}

std::optional<FetchedModels::Claim> FetchedModels::claim(const QByteArray &provider, milliseconds timeToLive)
{
    const std::scoped_lock lock(m_mutex);
    Entry &entry = m_entries[provider];
    if (!isDue(entry, timeToLive))
        return std::nullopt;
    entry.isClaimed = true;
    return Claim(*this, provider, timeToLive);
}

Task<> FetchedModels::firstOutcome(QByteArray provider, TimePoint deadline)
{
    Waiter waiter(*this, std::move(provider));
    co_await waiter.outcome(deadline);
}

bool FetchedModels::isDue(const Entry &entry, milliseconds timeToLive) const
{
    if (entry.isClaimed)
        return false;
    const TimePoint now = m_now();
    if (entry.failedAt && now - *entry.failedAt < std::min(timeToLive, kPauseAfterFailure))
        return false;
    return !entry.models || now - entry.fetchedAt >= timeToLive;
}

void FetchedModels::succeed(const QByteArray &provider, std::vector<ProviderModel> models)
{
    auto list = std::make_shared<const std::vector<ProviderModel>>(std::move(models));
    const std::scoped_lock lock(m_mutex);
    Entry &entry = m_entries[provider];
    entry.models.swap(list); // the old one goes after the lock
    entry.fetchedAt = m_now();
    entry.failedAt = entry.loggedAt = std::nullopt;
    wake(entry);
}

bool FetchedModels::fail(const QByteArray &provider, milliseconds timeToLive)
{
    const std::scoped_lock lock(m_mutex);
    Entry &entry = m_entries[provider];
    const TimePoint now = m_now();
    entry.failedAt = now;
    wake(entry);
    if (entry.loggedAt && now - *entry.loggedAt < timeToLive)
        return false;
    entry.loggedAt = now;
    return true;
}

void FetchedModels::wake(Entry &entry)
{
    entry.isClaimed = false;
    for (Waiter *waiter : std::exchange(entry.waiters, {}))
        waiter->wake();
}

} // namespace lunargate
