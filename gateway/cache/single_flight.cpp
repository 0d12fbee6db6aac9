// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/single_flight.h"

#include "gateway/async/event.h"

#include <QMetaObject>
#include <QObject>

#include <utility>

namespace lunargate {

/// A coroutine that waits in its own thread; whoever wakes it may be in another.
class SingleFlight::Follower : public QObject
{
public:
    enum class State {
        Waiting,  ///< in the list of its flight
        Leads,    ///< it was told to; the flight goes on in its name
        Released, ///< it has an answer, or nobody to wait for
    };

    Follower(SingleFlight &owner, const CacheKey &key) : m_owner(owner), m_key(key)
    {
        const std::scoped_lock lock(m_owner.m_mutex);
        const auto [flight, isNew] = m_owner.m_flights.try_emplace(m_key);
        std::list<Follower *> &followers = flight->second.followers;
        if (isNew) {
            m_state = State::Leads; // the leader was done in this moment
        } else if (followers.size() < kMaxFollowers) {
            m_place = followers.insert(followers.end(), this);
            m_state = State::Waiting;
        }
    }
    ~Follower() override
    {
        const std::scoped_lock lock(m_owner.m_mutex);
        stopWaiting();
        if (m_state == State::Leads)
            m_owner.passOn(m_owner.m_flights.find(m_key));
    }

    Task<> wait(TimePoint deadline)
    {
        if (isWaiting())
            co_await m_woken.wait(deadline);
    }

    Turn turn()
    {
        const std::scoped_lock lock(m_owner.m_mutex);
        stopWaiting();
        Turn turn;
        if (std::exchange(m_state, State::Released) == State::Leads)
            turn.lead.emplace(Lead(m_owner, m_key));
        turn.answer = std::move(m_answer);
        return turn;
    }

    /// With the owner locked, so that this cannot go meanwhile; from any thread. It is in no list any more.
    void wake(State state, SharedAnswer answer = nullptr)
    {
        m_state = state;
        m_answer = std::move(answer);
        QMetaObject::invokeMethod(this, [this] { m_woken.notify(); }, Qt::QueuedConnection);
    }

private:
    bool isWaiting() const
    {
        const std::scoped_lock lock(m_owner.m_mutex);
        return m_state == State::Waiting;
    }
    // With the owner locked.
    void stopWaiting()
    {
        if (m_state != State::Waiting)
            return;
        m_owner.m_flights.find(m_key)->second.followers.erase(m_place);
        m_state = State::Released;
    }

    SingleFlight &m_owner;
    const CacheKey m_key;
    Event m_woken; // of its own thread
    State m_state = State::Released;
    std::list<Follower *>::iterator m_place;
    SharedAnswer m_answer;
};

SingleFlight::Lead::Lead(Lead &&other) noexcept : m_owner(std::exchange(other.m_owner, nullptr)), m_key(other.m_key) {}

SingleFlight::Lead::~Lead()
{
    if (m_owner)
        m_owner->leave(m_key);
}

void SingleFlight::Lead::succeed(SharedAnswer answer)
{
    std::exchange(m_owner, nullptr)->finish(m_key, std::move(answer));
}

void SingleFlight::Lead::fail()
{
    std::exchange(m_owner, nullptr)->fail(m_key);
}

Task<SingleFlight::Turn> SingleFlight::join(CacheKey key, TimePoint deadline)
{
    if (std::optional<Lead> lead = tryToLead(key))
        co_return Turn{.lead = std::move(lead)};
    Follower follower(*this, key);
    co_await follower.wait(deadline);
    co_return follower.turn();
}

qsizetype SingleFlight::followers() const
{
    const std::scoped_lock lock(m_mutex);
    qsizetype sum = 0;
    for (const auto &[key, flight] : m_flights)
        sum += std::ssize(flight.followers);
    return sum;
}

std::optional<SingleFlight::Lead> SingleFlight::tryToLead(const CacheKey &key)
{
    const std::scoped_lock lock(m_mutex);
    return m_flights.try_emplace(key).second ? std::optional(Lead(*this, key)) : std::nullopt;
}

void SingleFlight::finish(const CacheKey &key, const SharedAnswer &answer)
{
    const std::scoped_lock lock(m_mutex);
    const Flights::node_type flight = m_flights.extract(key);
    for (Follower *follower : flight.mapped().followers)
        follower->wake(Follower::State::Released, answer);
}

void SingleFlight::fail(const CacheKey &key)
{
    const std::scoped_lock lock(m_mutex);
    const auto flight = m_flights.find(key);
    if (++flight->second.failures < kMaxFailures)
        return passOn(flight);
    for (Follower *follower : flight->second.followers)
        follower->wake(Follower::State::Released);
    m_flights.erase(flight);
}

void SingleFlight::leave(const CacheKey &key)
{
    const std::scoped_lock lock(m_mutex);
    passOn(m_flights.find(key));
}

// With the lock held: the next one leads, or nobody does.
void SingleFlight::passOn(Flights::iterator flight)
{
    std::list<Follower *> &followers = flight->second.followers;
    if (followers.empty()) {
        m_flights.erase(flight);
        return;
    }
    Follower *next = followers.front();
    followers.pop_front();
    next->wake(Follower::State::Leads);
}

} // namespace lunargate
