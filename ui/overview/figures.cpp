// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/figures.h"

#include "ui/text/number_text.h"

#include <QCoreApplication>

#include <cmath>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr QChar kMinus(0x2212);
constexpr double kMostPercent = 999;

struct Overview
{
    Q_DECLARE_TR_FUNCTIONS(Overview)
};

QString signedText(double number, int places)
{
    const QString digits = QString::number(std::abs(number), 'f', places);
    const bool isZero = digits.toDouble() == 0;
    return (isZero ? u"±"_s : number < 0 ? QString(kMinus) : u"+"_s) + digits;
}

double errorShare(const HistoryTotals &totals)
{
    return totals.requests > 0 ? 100.0 * static_cast<double>(totals.errors) / static_cast<double>(totals.requests) : 0;
}

QString percentText(double percent)
{
    const int places = percent > 0 && percent < 9.95 ? 1 : 0;
    return u"%1 %"_s.arg(QString::number(percent, 'f', places));
}

Figure requestsFigure(const HistoryTotals &now, const HistoryTotals &before)
{
    Figure figure{.title = Overview::tr("Requests"),
                  .value = countText(now.requests),
                  .change = changeText(static_cast<double>(now.requests), static_cast<double>(before.requests)),
                  .lines = {}};
    if (before.requests > 0)
        figure.lines.append(Overview::tr("%1 before").arg(countText(before.requests)));
    return figure;
}

Figure errorsFigure(const HistoryTotals &now, const HistoryTotals &before)
{
    Figure figure{
        .title = Overview::tr("Errors"),
        .value = errorShareText(now),
        .change = {},
        .lines = {now.errors == 1 ? Overview::tr("1 request") : Overview::tr("%1 requests").arg(countText(now.errors))},
        .isError = now.errors > 0};
    if (before.requests > 0) {
        figure.change = Overview::tr("%1 points").arg(signedText(errorShare(now) - errorShare(before), 1));
        figure.lines.append(Overview::tr("%1 before").arg(errorShareText(before)));
    }
    return figure;
}

Figure tokensFigure(const HistoryTotals &now, const HistoryTotals &before)
{
    const qint64 all = now.tokensIn + now.tokensOut;
    return {.title = Overview::tr("Tokens"),
            .value = countText(all),
            .change = changeText(static_cast<double>(all), static_cast<double>(before.tokensIn + before.tokensOut)),
            .lines = {Overview::tr("%1 in").arg(countText(now.tokensIn)),
                      Overview::tr("%1 of these cached").arg(countText(now.tokensCached)),
                      Overview::tr("%1 out").arg(countText(now.tokensOut))},
            .toolTip = Overview::tr("Cached ones were read from a provider's prompt cache, which costs less.")};
}

Figure costFigure(const HistoryTotals &now, const HistoryTotals &before)
{
    Figure figure{.title = Overview::tr("Cost"),
                  .value = costText(now),
                  .change = changeText(now.costUsd, before.costUsd),
                  .lines = {}};
    if (now.costUnknown > 0) {
        figure.lines.append(Overview::tr("unknown for %1").arg(countText(now.costUnknown)));
        figure.toolTip = Overview::tr("Requests to models whose price nobody told: see prices in the configuration.");
    }
    if (before.requests > 0)
        figure.lines.append(Overview::tr("%1 before").arg(costText(before)));
    return figure;
}

Figure firstTokenFigure(const HistoryTotals &now, const HistoryTotals &before)
{
    const auto microseconds = [](std::optional<std::chrono::microseconds> time) {
        return time ? static_cast<double>(time->count()) : 0;
    };
    Figure figure{.title = Overview::tr("First token"),
                  .value = timeText(now.timeToFirstByteP50),
                  .change = changeText(microseconds(now.timeToFirstByteP50), microseconds(before.timeToFirstByteP50)),
                  .lines = {Overview::tr("95 % within %1").arg(timeText(now.timeToFirstByteP95))},
                  .toolTip = Overview::tr("Half of the answers began within %1, 95 % within %2.")
                                 .arg(timeText(now.timeToFirstByteP50), timeText(now.timeToFirstByteP95))};
    if (before.timeToFirstByteP50)
        figure.lines.append(Overview::tr("half within %1 before").arg(timeText(before.timeToFirstByteP50)));
    return figure;
}

Figure cacheFigure(const HistoryTotals &now, const HistoryTotals &before)
{
    Figure figure{.title = Overview::tr("Cache hits"),
                  .value = countText(now.cacheHits),
                  .change = changeText(static_cast<double>(now.cacheHits), static_cast<double>(before.cacheHits)),
                  .lines = {},
                  .toolTip = Overview::tr("Answers that LunarGate gave again (caching in the configuration), and what "
                                          "they had cost the first time.")};
    if (now.cacheHits == 0) {
        figure.lines.append(Overview::tr("nothing saved"));
        return figure;
    }
    figure.lines = {Overview::tr("%1 saved").arg(costText(now.savedUsd)),
                    Overview::tr("%1 tokens saved").arg(countText(now.savedTokens)),
                    Overview::tr("%1 saved").arg(durationText(now.savedTime))};
    return figure;
}

} // namespace

QString Figure::spoken() const
{
    QStringList parts{u"%1: %2"_s.arg(title, value)};
    if (!change.isEmpty())
        parts.append(change);
    return (parts + lines).join(u", "_s);
}

QString changeText(double now, double before)
{
    if (before <= 0)
        return {};
    const double percent = 100 * (now - before) / before;
    if (percent > kMostPercent)
        return u"> +%1 %"_s.arg(kMostPercent);
    return signedText(percent, 0) + u" %"_s;
}

QString costText(const HistoryTotals &totals)
{
    const bool isUnknown = totals.costKnown == 0 && totals.costUnknown > 0;
    return isUnknown ? u"–"_s : costText(totals.costUsd);
}

QString timeText(std::optional<std::chrono::microseconds> time)
{
    return time ? durationText(*time) : u"–"_s;
}

QString errorShareText(const HistoryTotals &totals)
{
    return percentText(errorShare(totals));
}

QList<Figure> figuresOf(const HistoryTally &tally, const OverviewRange &range)
{
    const HistoryTotals &now = tally.sum();
    const HistoryTotals &before = tally.before();
    QList<Figure> figures{requestsFigure(now, before), errorsFigure(now, before),     tokensFigure(now, before),
                          costFigure(now, before),     firstTokenFigure(now, before), cacheFigure(now, before)};
    const QString compared = Overview::tr("Compared with the %1 before.").arg(lengthText(range));
    for (Figure &figure : figures)
        figure.toolTip += (figure.toolTip.isEmpty() ? QString() : u"\n"_s) + compared;
    return figures;
}

} // namespace lunargate::ui
