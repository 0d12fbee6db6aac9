// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/overview/breakdown_model.h"

#include <QSortFilterProxyModel>
#include <QTableView>

namespace lunargate::ui {

/// The groups of a tally; those with most requests on top at first. Owns its model.
class BreakdownTable : public QTableView
{
    Q_OBJECT

public:
    BreakdownTable();

    /// What was chosen stays so, if it is still there.
    void show(const HistoryTally &tally, const QString &nameTitle);

    const BreakdownModel &breakdown() const { return m_model; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

Q_SIGNALS:
    /// The user clicked on a group, or pressed Return on it.
    void groupChosen(const QByteArray &name);

private:
    QByteArray currentName() const;
    int heightOf(int rows) const;

    BreakdownModel m_model;
    QSortFilterProxyModel m_order;
};

} // namespace lunargate::ui
