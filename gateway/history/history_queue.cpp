// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_queue.h"

#include <utility>

namespace lunargate {

bool HistoryQueue::add(HistoryRecord record)
{
    const qint64 bytes = record.bytes();
    const std::scoped_lock lock(m_mutex);
    if (m_records.size() >= m_mostRecords || m_bytes + bytes > m_mostBytes) {
        ++m_dropped;
        return false;
    }
    m_bytes += bytes;
    m_records.push_back(std::move(record));
    return m_records.size() == 1;
}

std::vector<HistoryRecord> HistoryQueue::takeAll()
{
    const std::scoped_lock lock(m_mutex);
    m_bytes = 0;
    return std::exchange(m_records, {});
}

void HistoryQueue::visit(const std::function<void(const HistoryRecord &)> &visit) const
{
    const std::scoped_lock lock(m_mutex);
    for (const HistoryRecord &record : m_records)
        visit(record);
}

bool HistoryQueue::admitTurnedAway(TimePoint now)
{
    const std::scoped_lock lock(m_mutex);
    const bool hasRoom = m_turnedAway.available(now) > 0;
    if (hasRoom)
        m_turnedAway.take(1, now);
    else
        ++m_leftOut;
    return hasRoom;
}

qint64 HistoryQueue::leftOut() const
{
    const std::scoped_lock lock(m_mutex);
    return m_leftOut;
}

size_t HistoryQueue::size() const
{
    const std::scoped_lock lock(m_mutex);
    return m_records.size();
}

qint64 HistoryQueue::dropped() const
{
    const std::scoped_lock lock(m_mutex);
    return m_dropped;
}

} // namespace lunargate
