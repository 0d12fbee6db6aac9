// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_totals.h"

#include <algorithm>
#include <cmath>

namespace lunargate {

void HistoryTotals::add(const HistoryRecord &record)
{
    ++requests;
    errors += record.error.isEmpty() ? 0 : 1;
    if (record.usage) {
        tokensIn += record.usage->promptTokens();
        tokensOut += record.usage->completionTokens();
    }
    if (record.costUsd) {
        costUsd += *record.costUsd;
        ++costKnown;
    } else if (!record.costSource.isEmpty()) {
        ++costUnknown;
    }
    if (record.timeToFirstByte)
        timesToFirstByte.push_back(*record.timeToFirstByte);
}

std::optional<std::chrono::microseconds> HistoryTotals::timeToFirstByte(double share) const
{
    if (timesToFirstByte.empty())
        return std::nullopt;
    const double rank = std::ceil(share * static_cast<double>(timesToFirstByte.size()));
    return timesToFirstByte[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

void HistoryTally::add(const HistoryRecord &record)
{
    m_sum.add(record);
    QByteArray name = m_by->text(record).toByteArray();
    if (m_groups.size() < kMostGroups || m_groups.contains(name))
        m_groups[std::move(name)].add(record);
}

void HistoryTally::finish()
{
    std::ranges::sort(m_sum.timesToFirstByte);
    for (auto &[name, totals] : m_groups)
        std::ranges::sort(totals.timesToFirstByte);
}

} // namespace lunargate
