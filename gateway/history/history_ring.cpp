// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_ring.h"

#include <algorithm>
#include <ranges>

namespace lunargate {

namespace {

qint64 positionIn(const SharedHistoryRecord &record)
{
    return record->position;
}

} // namespace

void HistoryRing::add(SharedHistoryRecord record)
{
    const qint64 bytes = record->bytes();
    if (bytes > m_mostBytes || m_mostRecords == 0)
        return;
    while (m_records.size() >= m_mostRecords || m_bytes + bytes > m_mostBytes)
        dropOldest();
    m_bytes += bytes;
    // Nearly always at the end: only a request that took long began before those that are here.
    const auto place = std::ranges::upper_bound(m_records, record->position, {}, positionIn);
    m_records.insert(place, std::move(record));
}

void HistoryRing::eraseBefore(qint64 position)
{
    while (!m_records.empty() && m_records.front()->position < position)
        dropOldest();
}

void HistoryRing::dropOldest()
{
    m_bytes -= m_records.front()->bytes();
    m_records.pop_front();
}

HistoryPage HistoryRing::find(const HistoryQuery &query) const
{
    const auto limit = static_cast<size_t>(std::clamp(query.limit, 1, kLargestHistoryPage));
    HistoryPage page;
    for (const SharedHistoryRecord &record : m_records | std::views::reverse) {
        if ((query.before && record->position >= *query.before) || !matches(query.filter, *record))
            continue;
        if (page.records.size() == limit) {
            page.next = page.records.back().position;
            break;
        }
        page.records.push_back(*record);
        page.records.back().messages = nullptr;
    }
    return page;
}

std::optional<HistoryRecord> HistoryRing::record(const QByteArray &id) const
{
    const auto found = std::ranges::find_if(m_records, [&id](const auto &record) { return record->id == id; });
    return found == m_records.end() ? std::nullopt : std::optional(**found);
}

} // namespace lunargate
