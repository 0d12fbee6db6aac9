// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/direct_pool.h"

#include <algorithm>

namespace lunargate {

class DirectPool::Idle : public DirectConnection::User
{
public:
    Idle(DirectPool &pool, QByteArray origin, DirectConnection::Pointer connection)
        : m_pool(pool), m_origin(std::move(origin)), m_connection(std::move(connection))
    {
        m_connection->setUser(this);
        m_connection->watchReading(true);
    }

    const QByteArray &origin() const { return m_origin; }
    TimePoint since() const { return m_since; }
    DirectConnection::Pointer takeConnection()
    {
        m_connection->setUser(nullptr);
        return std::move(m_connection);
    }

private:
    void onReadable() override { m_pool.remove(*this); } // nothing is expected: what came is the end, or no answer
    void onWritable() override {}

    DirectPool &m_pool;
    QByteArray m_origin;
    DirectConnection::Pointer m_connection;
    TimePoint m_since = Clock::now();
};

DirectPool::DirectPool() : m_timer([this] { closeOld(); }) {}

DirectPool::~DirectPool() = default;

DirectConnection::Pointer DirectPool::take(const QByteArray &origin)
{
    const auto position = m_idle.constFind(origin);
    if (position == m_idle.constEnd())
        return nullptr;
    Idles &idles = **position;
    while (!idles.empty()) {
        DirectConnection::Pointer connection = idles.back()->takeConnection();
        idles.pop_back();
        --m_size;
        // What came since the event loop looked last must not be taken for the next answer.
        if (connection->isSilent())
            return connection;
    }
    return nullptr;
}

void DirectPool::giveBack(const QByteArray &origin, DirectConnection::Pointer connection)
{
    if (m_size >= kMostConnections)
        closeOldest();
    std::shared_ptr<Idles> &idles = m_idle[origin];
    if (!idles)
        idles = std::make_shared<Idles>();
    idles->push_back(std::make_unique<Idle>(*this, origin, std::move(connection)));
    ++m_size;
    if (!m_timer.isActive())
        m_timer.start(Clock::now() + kIdleTime);
}

void DirectPool::closeOldest()
{
    const auto isOlder = [](const auto &a, const auto &b) {
        return (a->empty() ? TimePoint::max() : a->front()->since()) <
               (b->empty() ? TimePoint::max() : b->front()->since());
    };
    const auto oldest = std::min_element(m_idle.begin(), m_idle.end(), isOlder);
    (*oldest)->erase((*oldest)->begin());
    --m_size;
}

void DirectPool::remove(Idle &idle)
{
    const std::shared_ptr<Idles> idles = m_idle.value(idle.origin());
    m_size -= std::erase_if(*idles, [&idle](const std::unique_ptr<Idle> &each) { return each.get() == &idle; });
}

void DirectPool::closeOld()
{
    const TimePoint oldest = Clock::now() - kIdleTime;
    TimePoint next = kNever;
    for (auto position = m_idle.begin(); position != m_idle.end();) {
        Idles &idles = **position;
        m_size -= std::erase_if(idles, [oldest](const std::unique_ptr<Idle> &each) { return each->since() <= oldest; });
        if (!idles.empty())
            next = std::min(next, idles.front()->since() + kIdleTime);
        position = idles.empty() ? m_idle.erase(position) : std::next(position);
    }
    m_timer.start(next);
}

} // namespace lunargate
