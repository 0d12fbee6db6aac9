// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/overview/plot_card.h"

#include <QGridLayout>

namespace lunargate::ui {

/// All plots; what is pointed at in one is marked in all.
class OverviewPlots : public QWidget
{
    Q_OBJECT

public:
    OverviewPlots();

    void show(const HistoryTally &tally);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange(int columns);

    QGridLayout *m_grid;
    std::array<PlotCard *, kPlots> m_cards = {};
    int m_columns = 0;
};

} // namespace lunargate::ui
