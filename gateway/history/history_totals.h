// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_filter.h"

#include <map>
#include <vector>

namespace lunargate {

/// What some requests come to.
struct HistoryTotals
{
    qint64 requests = 0;
    qint64 errors = 0;
    qint64 tokensIn = 0;
    qint64 tokensOut = 0;
    double costUsd = 0;                                      ///< of those whose cost is known
    qint64 costKnown = 0;                                    ///< how many these are
    qint64 costUnknown = 0;                                  ///< how many cost something, and nobody knows what
    std::vector<std::chrono::microseconds> timesToFirstByte; ///< of those that got so far

    void add(const HistoryRecord &record);
    /// The smallest time to the first byte that `share` (0 to 1) of them do not exceed; nothing if there are none.
    std::optional<std::chrono::microseconds> timeToFirstByte(double share) const;
};

/// Adds requests up by what one of their texts says. Belongs to one thread at a time.
class HistoryTally
{
public:
    static constexpr size_t kMostGroups = 1000; ///< what is none of the first so many counts in the sum alone

    /// `by` is of Kind::Text.
    explicit HistoryTally(const HistoryField &by) : m_by(&by) {}

    const HistoryField &by() const { return *m_by; }
    const HistoryTotals &sum() const { return m_sum; }
    const std::map<QByteArray, HistoryTotals> &groups() const { return m_groups; }

    void add(const HistoryRecord &record);
    /// Sorts what percentiles are taken of, once all were added.
    void finish();

private:
    const HistoryField *m_by;
    HistoryTotals m_sum;
    std::map<QByteArray, HistoryTotals> m_groups;
};

} // namespace lunargate
