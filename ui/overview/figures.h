// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/overview/overview_range.h"

#include <QList>
#include <QStringList>

namespace lunargate::ui {

/// One large number with what belongs to it, as texts.
struct Figure
{
    QString title;
    QString value;
    QString change;       ///< against the range before; empty: there is nothing to compare with
    QStringList lines;    ///< small, below the value
    QString toolTip = {}; ///< plain text
    bool isError = false; ///< something failed

    /// All of it, for who does not see it.
    QString spoken() const;
};

/// Requests, errors, tokens, cost, time to first token, and what the cache saved; each compared with the range before.
QList<Figure> figuresOf(const HistoryTally &tally, const OverviewRange &range);

/// `+12 %`, `−8 %`; empty if there was nothing before.
QString changeText(double now, double before);

/// What some requests cost as far as anybody knows; a dash if nobody does.
QString costText(const HistoryTotals &totals);
/// A dash if there is none.
QString timeText(std::optional<std::chrono::microseconds> time);
/// `2.3 %`, `0 %` if there were no requests.
QString errorShareText(const HistoryTotals &totals);

} // namespace lunargate::ui
