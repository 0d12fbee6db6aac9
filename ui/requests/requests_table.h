// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/requests/requests_model.h"
#include "ui/requests/requests_order.h"

#include <QMenu>
#include <QTableView>

namespace lunargate::ui {

/// The table of requests: what is looked at stays where it is while others come on top.
class RequestsTable : public QTableView
{
    Q_OBJECT

public:
    explicit RequestsTable(RequestsModel &model, QWidget *parent = nullptr);

    /// The current row's request; empty: there is none.
    QByteArray currentId() const;
    void select(const QByteArray &id);

    /// An entry for each column, ticked if it is shown.
    void fillColumnMenu(QMenu &menu);
    /// Widths, order and choice of columns, and how they are sorted.
    QByteArray layout() const;
    void setLayout(const QByteArray &layout);

Q_SIGNALS:
    void currentChosen(const QByteArray &id);

protected:
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    /// From the row `first` on so many are there more, or fewer.
    void keepPlace(int first, int count);

    RequestsModel &m_model;
    RequestsOrder *m_order;
};

} // namespace lunargate::ui
