// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_queue.h"

#include <utility>

namespace lunargate {

HistoryQueue::Due HistoryQueue::add(SharedHistoryRecord record)
{
    const qint64 bytes = record->bytes();
    const std::scoped_lock lock(m_mutex);
    if (!hasRoomFor(bytes)) {
        ++m_dropped;
        return Due::Told;
    }
    m_bytes += bytes;
    m_records.push_back(std::move(record));
    m_isFull.store(!hasRoomFor(sizeof(HistoryRecord)), std::memory_order_relaxed);
    return due();
}

bool HistoryQueue::hasRoomFor(qint64 bytes) const
{
    return m_records.size() + m_recordsAtWork < m_mostRecords && m_bytes + m_bytesAtWork + bytes <= m_mostBytes;
}

HistoryQueue::Due HistoryQueue::due()
{
    const bool isHalfFull = m_records.size() >= m_mostRecords / 2 || m_bytes >= m_mostBytes / 2;
    if (isHalfFull && !std::exchange(m_toldNow, true))
        return Due::Now;
    return m_records.size() == 1 ? Due::Soon : Due::Told;
}

bool HistoryQueue::dropsNext()
{
    if (!m_isFull.load(std::memory_order_relaxed))
        return false;
    const std::scoped_lock lock(m_mutex);
    if (!m_isFull.load(std::memory_order_relaxed))
        return false;
    ++m_dropped;
    return true;
}

std::vector<SharedHistoryRecord> HistoryQueue::takeAll()
{
    const std::scoped_lock lock(m_mutex);
    return take();
}

std::vector<SharedHistoryRecord> HistoryQueue::takeToWork()
{
    const std::scoped_lock lock(m_mutex);
    m_recordsAtWork += m_records.size();
    m_bytesAtWork += m_bytes;
    return take();
}

void HistoryQueue::finishWork()
{
    const std::scoped_lock lock(m_mutex);
    m_recordsAtWork = 0;
    m_bytesAtWork = 0;
    m_isFull.store(!hasRoomFor(sizeof(HistoryRecord)), std::memory_order_relaxed);
}

std::vector<SharedHistoryRecord> HistoryQueue::take()
{
    m_bytes = 0;
    m_toldNow = false;
    std::vector<SharedHistoryRecord> records = std::exchange(m_records, {});
    m_isFull.store(!hasRoomFor(sizeof(HistoryRecord)), std::memory_order_relaxed);
    return records;
}

void HistoryQueue::visit(const std::function<void(const HistoryRecord &)> &visit) const
{
    const std::scoped_lock lock(m_mutex);
    for (const SharedHistoryRecord &record : m_records)
        visit(*record);
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
