// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/plot_legend.h"

#include "ui/theme/colours.h"

#include <QPainter>

#include <cmath>
#include <ranges>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr int kSwatch = 9;
constexpr int kGap = 5;      // between swatch and text
constexpr int kSpacing = 14; // between entries

} // namespace

QColor colourOf(const Colours &colours, PlotColour colour)
{
    switch (colour) {
    case PlotColour::Main:
        return colours.series;
    case PlotColour::Tint:
        return colours.seriesTint;
    case PlotColour::Other:
        return colours.seriesOther;
    }
    Q_UNREACHABLE_RETURN(colours.series);
}

void PlotLegend::show(const PlotData &plot, qsizetype bucket)
{
    m_title = plot.title;
    m_time = bucket < 0 ? QString() : plot.timeText(bucket);
    m_entries.clear();
    for (const PlotSeries &series : plot.series) {
        QString text = series.name;
        if (bucket >= 0)
            text += u' ' + (std::isnan(series.values[bucket]) ? u"–"_s : plot.text(series.values[bucket]));
        m_entries.append({.text = text, .colour = series.colour});
    }
    update();
}

QSize PlotLegend::sizeHint() const
{
    return {240, fontMetrics().height() + 4};
}

void PlotLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Colours colours = coloursOf(palette());
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const int titleWidth = QFontMetrics(bold).horizontalAdvance(m_title);
    // Entries from the right; what finds no room is left out, the time first.
    int right = width();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Entry &entry : m_entries | std::views::reverse) {
        const int textWidth = fontMetrics().horizontalAdvance(entry.text);
        const int left = right - textWidth - kGap - kSwatch;
        if (left < 0)
            break;
        painter.setPen(colours.text);
        painter.drawText(QRect(right - textWidth, 0, textWidth, height()), Qt::AlignVCenter, entry.text);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colourOf(colours, entry.colour));
        painter.drawRoundedRect(QRectF(left, (height() - kSwatch) / 2.0, kSwatch, kSwatch), 2, 2);
        right = left - kSpacing;
    }
    const int timeWidth = fontMetrics().horizontalAdvance(m_time);
    painter.setPen(colours.muted);
    if (right - timeWidth > titleWidth + kSpacing) {
        painter.drawText(QRect(right - timeWidth, 0, timeWidth, height()), Qt::AlignVCenter, m_time);
        right -= timeWidth + kSpacing;
    }
    painter.setFont(bold);
    painter.setPen(colours.text);
    painter.drawText(QRect(0, 0, std::max(right, 0), height()), Qt::AlignVCenter,
                     QFontMetrics(bold).elidedText(m_title, Qt::ElideRight, std::max(right, 0)));
}

} // namespace lunargate::ui
