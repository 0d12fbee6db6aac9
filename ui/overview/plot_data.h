// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_totals.h"

#include <QList>
#include <QString>

#include <array>

namespace lunargate::ui {

/// Which of the colours for plots a series has.
enum class PlotColour { Main, Tint, Other };

/// A number for each bucket; not a number where there is none.
struct PlotSeries
{
    QString name;
    PlotColour colour = PlotColour::Main;
    QList<double> values;
};

/// What a plot shows, without how.
struct PlotData
{
    enum class Form {
        Bars, ///< one on top of the other
        Lines,
    };

    QString title;
    Form form = Form::Bars;
    QString (*text)(double) = nullptr; ///< a value for people
    double leastTop = 0;               ///< the axis goes so far at least
    QList<PlotSeries> series = {};
    QList<double> begins = {}; ///< of the buckets, in seconds since 1970

    bool isEmpty() const { return begins.isEmpty(); }
    /// Seconds.
    double width() const { return begins.size() > 1 ? begins[1] - begins[0] : 1; }
    /// Where the axis of values ends.
    double top() const;
    /// `10:30 – 11:00`, with the day where the buckets are of several.
    QString timeText(qsizetype bucket) const;
    /// All of it in some words, for who does not see it.
    QString summary() const;
    /// One bucket in words.
    QString spoken(qsizetype bucket) const;
};

inline constexpr size_t kPlots = 4;

/// Requests, tokens, cost, and time to first token of a tally with buckets.
std::array<PlotData, kPlots> plotsOf(const HistoryTally &tally);

} // namespace lunargate::ui
