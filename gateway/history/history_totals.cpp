// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_totals.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lunargate {

namespace {

using std::chrono::microseconds;

/// The smallest of `times` that `share` (0 to 1) of them do not exceed. Changes their order.
std::optional<microseconds> percentile(std::vector<microseconds> &times, double share)
{
    if (times.empty())
        return std::nullopt;
    const double rank = std::ceil(share * static_cast<double>(times.size()));
    const auto place = times.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::ranges::nth_element(times, place);
    return *place;
}

} // namespace

void HistoryTotals::add(const HistoryRecord &record)
{
    ++requests;
    errors += record.error.isEmpty() ? 0 : 1;
    if (record.usage) {
        tokensIn += record.usage->promptTokens();
        tokensCached += record.usage->cachedInput;
        tokensOut += record.usage->completionTokens();
    }
    if (record.costUsd) {
        costUsd += *record.costUsd;
        ++costKnown;
    } else if (!record.costSource.isEmpty()) {
        ++costUnknown;
    }
    cacheHits += record.cache == "hit" ? 1 : 0;
    savedTokens += record.savedTokens;
    savedUsd += record.savedUsd.value_or(0);
    savedTime += record.savedTime;
    if (record.timeToFirstByte)
        m_timesToFirstByte.push_back(*record.timeToFirstByte);
}

void HistoryTotals::finish()
{
    std::vector<microseconds> times = std::exchange(m_timesToFirstByte, {});
    timeToFirstByteP50 = percentile(times, 0.5);
    timeToFirstByteP95 = percentile(times, 0.95);
}

HistoryTally::HistoryTally(const HistoryField &by, HistorySpan span)
    : m_by(&by), m_span(std::move(span)), m_buckets(m_span.buckets.size())
{
}

void HistoryTally::add(const HistoryRecord &record)
{
    if (record.position < m_span.begin) {
        m_before.add(record);
        return;
    }
    m_sum.add(record);
    if (!m_buckets.empty()) {
        const auto next = std::ranges::upper_bound(m_span.buckets, record.position);
        m_buckets[static_cast<size_t>(std::max<std::ptrdiff_t>(next - m_span.buckets.begin(), 1)) - 1].add(record);
    }
    QByteArray name = m_by->text(record).toByteArray();
    if (m_groups.size() < kMostGroups || m_groups.contains(name))
        m_groups[std::move(name)].add(record);
}

void HistoryTally::finish()
{
    m_sum.finish();
    m_before.finish();
    for (HistoryTotals &bucket : m_buckets)
        bucket.finish();
    for (auto &[name, totals] : m_groups)
        totals.finish();
}

} // namespace lunargate
