// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_page.h"

#include <deque>

namespace lunargate {

/// The newest records in memory. Belongs to one thread.
class HistoryRing
{
public:
    HistoryRing(size_t mostRecords, qint64 mostBytes) : m_mostRecords(mostRecords), m_mostBytes(mostBytes) {}

    /// Makes room for it by letting the oldest go.
    void add(SharedHistoryRecord record);
    /// Lets go of what is older.
    void eraseBefore(qint64 position);

    HistoryPage find(const HistoryQuery &query) const;
    /// With its bodies.
    std::optional<HistoryRecord> record(const QByteArray &id) const;

    /// All of them, oldest first.
    std::vector<SharedHistoryRecord> all() const { return {m_records.begin(), m_records.end()}; }

    size_t size() const { return m_records.size(); }
    qint64 bytes() const { return m_bytes; }

private:
    void dropOldest();

    const size_t m_mostRecords;
    const qint64 m_mostBytes;
    std::deque<SharedHistoryRecord> m_records; // in the order of their positions
    qint64 m_bytes = 0;
};

} // namespace lunargate
