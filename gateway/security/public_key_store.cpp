// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/public_key_store.h"

#include "gateway/async/event.h"

#include <QMetaObject>
#include <QObject>

namespace lunargate {

namespace {

// Between two fetches, so that tokens with made-up key ids do not make us a nuisance to their issuer.
constexpr std::chrono::seconds kPause{10};
constexpr std::chrono::seconds kStampPause{1};
// How long keys are good that can no longer be fetched. An issuer's outage should not be ours, but a key that it
// withdrew must go some time.
constexpr std::chrono::hours kLongestUse{24};

} // namespace

/// A coroutine that waits in its own thread; whoever brings the outcome may be in another.
class PublicKeyStore::Waiter : public QObject
{
public:
    explicit Waiter(PublicKeyStore &store) : m_store(store)
    {
        const std::scoped_lock lock(m_store.m_mutex);
        if (m_store.m_isClaimed)
            m_store.m_waiters.push_back(this);
        else
            m_outcome.notify();
    }
    ~Waiter() override
    {
        const std::scoped_lock lock(m_store.m_mutex);
        std::erase(m_store.m_waiters, this);
    }

    Event::Awaiter outcome(TimePoint deadline) { return m_outcome.wait(deadline); }

    /// From any thread, with the store locked, so that this cannot go meanwhile.
    void wake()
    {
        QMetaObject::invokeMethod(this, [this] { m_outcome.notify(); }, Qt::QueuedConnection);
    }

private:
    PublicKeyStore &m_store;
    Event m_outcome;
};

PublicKeyStore::Claim::~Claim()
{
    if (m_store)
        fail();
}

void PublicKeyStore::Claim::succeed(PublicKeys keys)
{
    std::exchange(m_store, nullptr)->finish(std::move(keys));
}

void PublicKeyStore::Claim::fail()
{
    std::exchange(m_store, nullptr)->finish(std::nullopt);
}

void PublicKeyStore::markOld()
{
    const std::scoped_lock lock(m_mutex);
    markOldLocked();
}

void PublicKeyStore::noteStamp(const QByteArray &stamp)
{
    const std::scoped_lock lock(m_mutex);
    if (std::exchange(m_stamp, stamp) != stamp)
        markOldLocked();
}

bool PublicKeyStore::claimStamp()
{
    const std::scoped_lock lock(m_mutex);
    if (m_stampedAt && m_now() - *m_stampedAt < kStampPause)
        return false;
    m_stampedAt = m_now();
    return true;
}

void PublicKeyStore::markOldLocked()
{
    ++m_mark;
    m_triedAt.reset(); // nobody but the owner asks for it
}

KnownPublicKeys PublicKeyStore::current() const
{
    const std::scoped_lock lock(m_mutex);
    if (!m_known.keys || m_now() - m_fetchedAt >= kLongestUse)
        return {};
    return m_known;
}

std::optional<PublicKeyStore::Claim> PublicKeyStore::claimRefresh(std::chrono::milliseconds timeToLive)
{
    const std::scoped_lock lock(m_mutex);
    if (m_known.keys && !isOld() && m_now() - m_fetchedAt < timeToLive)
        return std::nullopt;
    return claim();
}

std::optional<PublicKeyStore::Claim> PublicKeyStore::claimNewer()
{
    const std::scoped_lock lock(m_mutex);
    return claim();
}

bool PublicKeyStore::isFetching() const
{
    const std::scoped_lock lock(m_mutex);
    return m_isClaimed;
}

Task<> PublicKeyStore::outcome(TimePoint deadline)
{
    Waiter waiter(*this);
    co_await waiter.outcome(deadline);
}

bool PublicKeyStore::isPausing() const
{
    return m_triedAt && m_now() - *m_triedAt < kPause;
}

std::optional<PublicKeyStore::Claim> PublicKeyStore::claim()
{
    if (m_isClaimed || isPausing())
        return std::nullopt;
    m_isClaimed = true;
    m_claimedMark = m_mark;
    return Claim(*this);
}

void PublicKeyStore::finish(std::optional<PublicKeys> keys)
{
    const std::scoped_lock lock(m_mutex);
    m_isClaimed = false;
    if (m_claimedMark == m_mark) // or else what was fetched may be from before, and is again fetched at once
        m_triedAt = m_now();
    if (!keys && isOld() && m_origin == Origin::File)
        m_known.keys.reset();
    if (keys) {
        m_fetchedMark = m_claimedMark;
        m_fetchedAt = m_now();
        if (!m_known.keys || *m_known.keys != *keys)
            m_known = {std::make_shared<const PublicKeys>(*std::move(keys)), m_known.version + 1};
    }
    for (Waiter *waiter : std::exchange(m_waiters, {}))
        waiter->wake();
}

} // namespace lunargate
