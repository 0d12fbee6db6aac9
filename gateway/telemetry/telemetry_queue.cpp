// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/telemetry_queue.h"

#include <utility>

namespace lunargate {

TelemetryQueue::Wake TelemetryQueue::add(TracedRequest request)
{
    qint64 bytes = request.bytes();
    ++m_added;
    const std::scoped_lock lock(m_mutex);
    if (m_bytes + bytes > m_limits.contentBytes) {
        request.dropContent();
        bytes = request.bytes();
    }
    if (m_requests.size() >= m_limits.requests || m_bytes + bytes > m_limits.bytes) {
        ++m_dropped;
        m_droppedSpans += request.spanCount();
        return Wake::Nothing;
    }
    const bool wasCalm = m_bytes < m_limits.hurryBytes;
    m_bytes += bytes;
    m_requests.push_back(std::move(request));
    if (m_requests.size() == m_limits.hurry || (wasCalm && m_bytes >= m_limits.hurryBytes))
        return Wake::Now;
    return m_requests.size() == 1 ? Wake::Soon : Wake::Nothing;
}

std::vector<TracedRequest> TelemetryQueue::takeAll()
{
    const std::scoped_lock lock(m_mutex);
    m_bytes = 0;
    return std::exchange(m_requests, {});
}

bool TelemetryQueue::admitTurnedAway(TimePoint now)
{
    const std::scoped_lock lock(m_mutex);
    const bool hasRoom = m_turnedAway.available(now) > 0;
    if (hasRoom)
        m_turnedAway.take(1, now);
    return hasRoom;
}

size_t TelemetryQueue::size() const
{
    const std::scoped_lock lock(m_mutex);
    return m_requests.size();
}

} // namespace lunargate
