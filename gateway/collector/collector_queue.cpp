// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collector_queue.h"

#include <iterator>
#include <utility>

namespace lunargate {

CollectorQueue::Wake CollectorQueue::add(CollectedRequest request)
{
    const qint64 bytes = request.bytes();
    const std::scoped_lock lock(m_mutex);
    ++m_added;
    if (m_requests.size() >= m_most.requests || m_bytes + bytes > m_most.bytes) {
        ++m_dropped;
        return Wake::Nothing;
    }
    const bool hadBatch = hasBatchLocked();
    const bool wasHalfFull = isHalfFullLocked();
    m_bytes += bytes;
    m_requests.push_back(std::move(request));
    if (isHalfFullLocked() && !wasHalfFull)
        return Wake::Full;
    if (hasBatchLocked())
        return hadBatch ? Wake::Nothing : Wake::Now;
    return m_requests.size() == 1 ? Wake::Soon : Wake::Nothing;
}

std::vector<CollectedRequest> CollectorQueue::takeBatch()
{
    const std::scoped_lock lock(m_mutex);
    std::vector<CollectedRequest> batch;
    qint64 taken = 0;
    while (!m_requests.empty() && batch.size() < m_batch.requests) {
        const qint64 bytes = m_requests.front().bytes();
        if (!batch.empty() && taken + bytes > m_batch.bytes)
            break;
        taken += bytes;
        batch.push_back(std::move(m_requests.front()));
        m_requests.pop_front();
    }
    m_bytes -= taken;
    return batch;
}

void CollectorQueue::putBack(std::vector<CollectedRequest> batch)
{
    const std::scoped_lock lock(m_mutex);
    for (const CollectedRequest &request : batch)
        m_bytes += request.bytes();
    m_requests.insert(m_requests.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
}

void CollectorQueue::narrow(Sharing allowed)
{
    const std::scoped_lock lock(m_mutex);
    for (CollectedRequest &request : m_requests)
        request.sharing = request.sharing & allowed;
}

void CollectorQueue::clear()
{
    std::deque<CollectedRequest> forgotten; // destroyed without the lock
    const std::scoped_lock lock(m_mutex);
    m_dropped += static_cast<qint64>(m_requests.size());
    m_bytes = 0;
    forgotten.swap(m_requests);
}

size_t CollectorQueue::size() const
{
    const std::scoped_lock lock(m_mutex);
    return m_requests.size();
}

bool CollectorQueue::hasBatch() const
{
    const std::scoped_lock lock(m_mutex);
    return hasBatchLocked();
}

bool CollectorQueue::isHalfFull() const
{
    const std::scoped_lock lock(m_mutex);
    return isHalfFullLocked();
}

qint64 CollectorQueue::added() const
{
    const std::scoped_lock lock(m_mutex);
    return m_added;
}

qint64 CollectorQueue::dropped() const
{
    const std::scoped_lock lock(m_mutex);
    return m_dropped;
}

} // namespace lunargate
