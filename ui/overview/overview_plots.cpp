// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/overview_plots.h"

#include <QResizeEvent>

#include <utility>

namespace lunargate::ui {

namespace {

constexpr int kWideEnough = 720; // for two next to each other
constexpr int kSpacing = 10;

} // namespace

OverviewPlots::OverviewPlots() : m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(kSpacing);
    for (PlotCard *&card : m_cards) {
        card = new PlotCard;
        connect(card, &PlotCard::currentWanted, this, [this](qsizetype bucket) {
            for (PlotCard *one : m_cards)
                one->setCurrent(bucket);
        });
    }
    arrange(2);
}

void OverviewPlots::show(const HistoryTally &tally)
{
    const std::array<PlotData, kPlots> plots = plotsOf(tally);
    for (size_t i = 0; i < kPlots; ++i)
        m_cards[i]->show(plots[i]);
}

void OverviewPlots::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange(event->size().width() >= kWideEnough ? 2 : 1);
}

void OverviewPlots::arrange(int columns)
{
    if (std::exchange(m_columns, columns) == columns)
        return;
    for (size_t i = 0; i < kPlots; ++i) {
        const int place = static_cast<int>(i);
        m_grid->addWidget(m_cards[i], place / columns, place % columns);
    }
    m_grid->setColumnStretch(0, 1);
    m_grid->setColumnStretch(1, columns - 1);
}

} // namespace lunargate::ui
