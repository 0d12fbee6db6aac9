// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_totals.h"

#include <QString>

#include <chrono>
#include <span>

namespace lunargate::ui {

/// How far back the overview looks, and in how fine parts.
struct OverviewRange
{
    const char *age = "";            ///< as filters write it, `15m`
    std::chrono::minutes length{0};  ///< up to now
    std::chrono::seconds bucket{0};  ///< a bar of a plot
    std::chrono::seconds refresh{0}; ///< what is shown is at least so old before it is read anew
};

/// All of them, the shortest first.
std::span<const OverviewRange> overviewRanges();

/// `24 hours`, translated.
QString lengthText(const OverviewRange &range);
/// `24 h`, translated.
QString shortText(const OverviewRange &range);

/// What to add up for it, with as much again before it to compare with. Bars begin at round times of the local day.
HistorySpan spanOf(const OverviewRange &range, std::chrono::sys_time<std::chrono::microseconds> now);

/// When a bucket of a span begins, in seconds since 1970.
double secondsOf(qint64 position);

/// Something that requests are added up by.
struct OverviewGrouping
{
    const char *field = ""; ///< of the filter language
    const char *name = "";  ///< see nameOf()
};

/// All of them; the first is the usual one.
std::span<const OverviewGrouping> overviewGroupings();
QString nameOf(const OverviewGrouping &grouping);
const HistoryField &fieldOf(const OverviewGrouping &grouping);

/// The filter that finds the requests of a group in that range.
QString filterOf(const OverviewGrouping &grouping, const QByteArray &group, const OverviewRange &range);

} // namespace lunargate::ui
