// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/plot_data.h"

#include "ui/overview/overview_range.h"
#include "ui/text/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;
using std::chrono::microseconds;

constexpr double kHeadroom = 1.08; // above the highest bar
constexpr double kDay = 86'400;

struct Overview
{
    Q_DECLARE_TR_FUNCTIONS(Overview)
};

QString countOf(double value)
{
    return countText(std::llround(value));
}

QString durationOf(double value)
{
    return value == 0 ? u"0"_s : durationText(microseconds(std::llround(value)));
}

double valueOf(std::optional<microseconds> time)
{
    return time ? static_cast<double>(time->count()) : std::numeric_limits<double>::quiet_NaN();
}

template <typename Value>
PlotSeries seriesOf(const HistoryTally &tally, const QString &name, PlotColour colour, Value value)
{
    PlotSeries series{.name = name, .colour = colour, .values = {}};
    for (const HistoryTotals &bucket : tally.buckets())
        series.values.append(static_cast<double>(value(bucket)));
    return series;
}

} // namespace

double PlotData::top() const
{
    double top = 0;
    for (qsizetype bucket = 0; bucket < begins.size(); ++bucket) {
        double height = 0;
        for (const PlotSeries &one : series) {
            const double value = std::isnan(one.values[bucket]) ? 0 : one.values[bucket];
            height = form == Form::Bars ? height + value : std::max(height, value);
        }
        top = std::max(top, height);
    }
    return std::max(top * kHeadroom, leastTop);
}

QString PlotData::timeText(qsizetype bucket) const
{
    const auto at = [](double seconds) { return QDateTime::fromMSecsSinceEpoch(std::llround(seconds * 1000)); };
    const QDateTime begin = at(begins[bucket]);
    const QDateTime end = at(begins[bucket] + width());
    const QString clock = width() < 60 ? u"HH:mm:ss"_s : u"HH:mm"_s;
    const bool hasDays = begins.back() - begins.front() > kDay;
    const QString day = hasDays ? QLocale().toString(begin, u"ddd "_s) : QString();
    return u"%1%2 – %3"_s.arg(day, begin.toString(clock), end.toString(clock));
}

QString PlotData::summary() const
{
    QStringList parts;
    for (const PlotSeries &one : series) {
        QList<double> known = one.values;
        known.removeIf([](double value) { return std::isnan(value); });
        const auto highest = std::ranges::max_element(known);
        if (highest == known.end())
            continue;
        const qsizetype where = one.values.indexOf(*highest);
        parts.append(Overview::tr("%1 between %2 and %3, highest at %4")
                         .arg(one.name, text(*std::ranges::min_element(known)), text(*highest), timeText(where)));
    }
    return parts.isEmpty() ? Overview::tr("no values") : parts.join(u"; "_s);
}

QString PlotData::spoken(qsizetype bucket) const
{
    QStringList parts{timeText(bucket)};
    for (const PlotSeries &one : series) {
        if (!std::isnan(one.values[bucket]))
            parts.append(u"%1 %2"_s.arg(one.name, text(one.values[bucket])));
    }
    return parts.join(u", "_s);
}

std::array<PlotData, kPlots> plotsOf(const HistoryTally &tally)
{
    using Totals = HistoryTotals;
    const auto of = [&tally](const QString &name, PlotColour colour, auto value) {
        return seriesOf(tally, name, colour, value);
    };
    std::array<PlotData, kPlots> plots{{
        {.title = Overview::tr("Requests"),
         .text = countOf,
         .leastTop = 4,
         .series = {of(Overview::tr("ok"), PlotColour::Main,
                       [](const Totals &one) { return one.requests - one.errors; }),
                    of(Overview::tr("errors"), PlotColour::Other, [](const Totals &one) { return one.errors; })}},
        {.title = Overview::tr("Tokens"),
         .text = countOf,
         .leastTop = 4,
         .series = {of(Overview::tr("in"), PlotColour::Main,
                       [](const Totals &one) { return one.tokensIn - one.tokensCached; }),
                    of(Overview::tr("cached"), PlotColour::Tint, [](const Totals &one) { return one.tokensCached; }),
                    of(Overview::tr("out"), PlotColour::Other, [](const Totals &one) { return one.tokensOut; })}},
        {.title = Overview::tr("Cost"),
         .text = costText,
         .leastTop = 0.0001,
         .series = {of(Overview::tr("US dollars"), PlotColour::Main, [](const Totals &one) { return one.costUsd; })}},
        {.title = Overview::tr("Time to first token"),
         .form = PlotData::Form::Lines,
         .text = durationOf,
         .leastTop = 1000,
         .series = {of(Overview::tr("p50"), PlotColour::Main,
                       [](const Totals &one) { return valueOf(one.timeToFirstByteP50); }),
                    of(Overview::tr("p95"), PlotColour::Other,
                       [](const Totals &one) { return valueOf(one.timeToFirstByteP95); })}},
    }};
    for (PlotData &plot : plots) {
        for (const qint64 begin : tally.span().buckets)
            plot.begins.append(secondsOf(begin));
    }
    return plots;
}

} // namespace lunargate::ui
