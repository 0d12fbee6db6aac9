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
    qint64 tokensCached = 0; ///< of `tokensIn`: read from a provider's prompt cache
    qint64 tokensOut = 0;
    double costUsd = 0;     ///< of those whose cost is known
    qint64 costKnown = 0;   ///< how many these are
    qint64 costUnknown = 0; ///< how many cost something, and nobody knows what
    qint64 cacheHits = 0;   ///< answered from the cache of answers
    qint64 savedTokens = 0; ///< what these had cost when they were given first
    double savedUsd = 0;
    std::chrono::microseconds savedTime{0};

    /// The smallest time to the first byte that half, or 95 %, of those that got so far do not exceed; nothing if there
    /// are none, or before finish().
    std::optional<std::chrono::microseconds> timeToFirstByteP50 = {};
    std::optional<std::chrono::microseconds> timeToFirstByteP95 = {};

    void add(const HistoryRecord &record);
    /// Once all were added.
    void finish();

private:
    std::vector<std::chrono::microseconds> m_timesToFirstByte;
};

/// Which requests are added up, and in which parts.
struct HistorySpan
{
    qint64 begin = 0; ///< position: those that began from here on

    /// Positions at which parts of it begin that are added up apart, too: ascending, the first at `begin` or before.
    std::vector<qint64> buckets = {};
    /// What began from here on, but before `begin`, is added up apart: to compare.
    std::optional<qint64> before = {};
};

/// Adds requests up by what one of their texts says, and by the time. Belongs to one thread at a time.
class HistoryTally
{
public:
    static constexpr size_t kMostGroups = 1000; ///< what is none of the first so many counts in the sum alone

    /// `by` is of Kind::Text.
    explicit HistoryTally(const HistoryField &by, HistorySpan span = {});

    const HistoryField &by() const { return *m_by; }
    const HistorySpan &span() const { return m_span; }
    const HistoryTotals &sum() const { return m_sum; }
    const std::map<QByteArray, HistoryTotals> &groups() const { return m_groups; }
    /// As many as the span has.
    const std::vector<HistoryTotals> &buckets() const { return m_buckets; }
    const HistoryTotals &before() const { return m_before; }

    void add(const HistoryRecord &record);
    /// Takes percentiles, once all were added.
    void finish();

private:
    const HistoryField *m_by;
    HistorySpan m_span;
    HistoryTotals m_sum;
    HistoryTotals m_before;
    std::map<QByteArray, HistoryTotals> m_groups;
    std::vector<HistoryTotals> m_buckets;
};

} // namespace lunargate
