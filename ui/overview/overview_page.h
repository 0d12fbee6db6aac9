// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/overview/breakdown_table.h"
#include "ui/overview/choice_buttons.h"
#include "ui/overview/figure_row.h"
#include "ui/overview/empty_overview.h"
#include "ui/overview/overview_plots.h"
#include "ui/overview/overview_source.h"
#include "ui/shell/actions.h"
#include "ui/shell/settings.h"

#include <QStackedWidget>

namespace lunargate::ui {

/// How the gateway did lately, in numbers and plots; whose requests these were. Reads only while it is seen, and makes
/// its plots when there is something to show in them. GUI thread.
class OverviewPage : public QWidget
{
    Q_OBJECT

public:
    /// Both outlive it.
    OverviewPage(Settings &settings, Actions &actions);
    ~OverviewPage() override;

    /// Whose history to read; null: there is no gateway now. It outlives the reading.
    void setGateway(Gateway *gateway);

    void setRange(int range);
    void setGrouping(int grouping);

    const OverviewSource &source() const { return m_source; }

Q_SIGNALS:
    /// The user wants to see the requests that this filter finds.
    void requestsWanted(const QString &filter);
    /// The user chose by an action what is to be seen here.
    void wanted();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *makeHead();
    void makeContent();
    void addActions(Actions &actions);
    void showTally();
    void showFirstSteps();

    Settings &m_settings;
    Gateway *m_gateway = nullptr;
    OverviewSource m_source;
    ChoiceButtons *m_ranges;
    QLabel *m_inMemory;
    QStackedWidget *m_stack;
    EmptyOverview *m_empty;
    QWidget *m_content = nullptr; // from the first numbers on, like those below
    FigureRow *m_figures = nullptr;
    OverviewPlots *m_plots = nullptr;
    ChoiceButtons *m_groupings = nullptr;
    BreakdownTable *m_table = nullptr;
};

} // namespace lunargate::ui
