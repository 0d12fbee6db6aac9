// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/overview/plot_data.h"

#include <QWidget>

namespace lunargate::ui {

struct Colours;

/// The colour that a series of a plot has in a scheme.
QColor colourOf(const Colours &colours, PlotColour colour);

/// A plot's head: what it is about, the colours of its series, and the numbers of one bucket.
class PlotLegend : public QWidget
{
    Q_OBJECT

public:
    /// `bucket` < 0: none.
    void show(const PlotData &plot, qsizetype bucket);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Entry
    {
        QString text;
        PlotColour colour;
    };

    QString m_title;
    QString m_time;
    QList<Entry> m_entries;
};

} // namespace lunargate::ui
