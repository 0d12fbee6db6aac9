// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/overview/plot_data.h"

#include <QFrame>

#include <array>

class QCPAbstractPlottable;
class QCPItemRect;
class QCustomPlot;

namespace lunargate::ui {

class PlotLegend;

/// A plot over the time with its legend on a card. Mouse and arrow keys choose a bucket, whose numbers the legend
/// tells.
class PlotCard : public QFrame
{
    Q_OBJECT

public:
    PlotCard();

    void show(const PlotData &data);
    /// Marks that bucket; -1: none.
    void setCurrent(qsizetype bucket);
    qsizetype current() const { return m_current; }
    const PlotData &data() const { return m_data; }

Q_SIGNALS:
    /// The user points at that bucket, or at none (-1).
    void currentWanted(qsizetype bucket);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void makeSeries();
    void fillSeries();
    void showCurrent();
    void colour();
    qsizetype bucketAt(double x) const;

    PlotLegend *m_legend;
    QCustomPlot *m_plot;
    QCPItemRect *m_mark;
    QList<QCPAbstractPlottable *> m_series; // of m_plot
    PlotData m_data;
    qsizetype m_current = -1;
};

} // namespace lunargate::ui
