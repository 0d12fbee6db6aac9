// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace lunargate::ui {

class RequestsModel;

/// Sorts requests by any column; by none (-1) means newest first. Those under way come before all others.
class RequestsOrder : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit RequestsOrder(RequestsModel &model, QObject *parent = nullptr);

    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    RequestsModel &m_model;
};

} // namespace lunargate::ui
