// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/overview_range.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::microseconds;

QString translated(const char *text)
{
    return QCoreApplication::translate("Overview", text);
}

std::chrono::sys_time<microseconds> startOfLocalDay(std::chrono::sys_time<microseconds> time)
{
    const QDateTime local =
        QDateTime::fromMSecsSinceEpoch(std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count());
    return std::chrono::sys_time<microseconds>(
        std::chrono::milliseconds(local.date().startOfDay().toMSecsSinceEpoch()));
}

} // namespace

std::span<const OverviewRange> overviewRanges()
{
    static constexpr OverviewRange ranges[] = {
        {.age = "15m", .length = 15min, .bucket = 30s, .refresh = 2s},
        {.age = "24h", .length = 24h, .bucket = 30min, .refresh = 30s},
        {.age = "7d", .length = 7 * 24h, .bucket = 3h, .refresh = 30s},
    };
    return ranges;
}

QString lengthText(const OverviewRange &range)
{
    if (range.length < 1h)
        return translated(QT_TRANSLATE_NOOP("Overview", "%1 minutes")).arg(range.length.count());
    if (range.length <= 24h)
        return translated(QT_TRANSLATE_NOOP("Overview", "%1 hours")).arg(range.length / 1h);
    return translated(QT_TRANSLATE_NOOP("Overview", "%1 days")).arg(range.length / 24h);
}

QString shortText(const OverviewRange &range)
{
    if (range.length < 1h)
        return translated(QT_TRANSLATE_NOOP("Overview", "%1 min")).arg(range.length.count());
    if (range.length <= 24h)
        return translated(QT_TRANSLATE_NOOP("Overview", "%1 h")).arg(range.length / 1h);
    return translated(QT_TRANSLATE_NOOP("Overview", "%1 days")).arg(range.length / 24h);
}

HistorySpan spanOf(const OverviewRange &range, std::chrono::sys_time<microseconds> now)
{
    const auto begin = now - range.length;
    const auto day = startOfLocalDay(begin);
    HistorySpan span{.begin = positionOf(begin), .before = positionOf(begin - range.length)};
    for (auto bucket = day + (begin - day) / range.bucket * range.bucket; bucket <= now; bucket += range.bucket)
        span.buckets.push_back(positionOf(bucket));
    return span;
}

double secondsOf(qint64 position)
{
    return static_cast<double>(position) / (kPositionsInMicrosecond * 1e6);
}

std::span<const OverviewGrouping> overviewGroupings()
{
    static constexpr OverviewGrouping groupings[] = {
        {.field = "provider", .name = QT_TRANSLATE_NOOP("Overview", "Provider")},
        {.field = "model", .name = QT_TRANSLATE_NOOP("Overview", "Model")},
        {.field = "client", .name = QT_TRANSLATE_NOOP("Overview", "Client")},
    };
    return groupings;
}

QString nameOf(const OverviewGrouping &grouping)
{
    return translated(grouping.name);
}

const HistoryField &fieldOf(const OverviewGrouping &grouping)
{
    return *std::ranges::find(historyFields(), QByteArrayView(grouping.field), &HistoryField::name);
}

QString filterOf(const OverviewGrouping &grouping, const QByteArray &group, const OverviewRange &range)
{
    QString value = QString::fromUtf8(group);
    value.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u"%1:\"%2\" after:%3"_s.arg(QLatin1StringView(grouping.field), value, QLatin1StringView(range.age));
}

} // namespace lunargate::ui
