// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/requests_order.h"

#include "ui/requests/requests_model.h"

namespace lunargate::ui {

RequestsOrder::RequestsOrder(RequestsModel &model, QObject *parent) : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(&model);
    QSortFilterProxyModel::sort(0, Qt::DescendingOrder);
}

// Qt's own "unsorted" puts new rows at the end, wherever the model has them.
void RequestsOrder::sort(int column, Qt::SortOrder order)
{
    if (column < 0)
        QSortFilterProxyModel::sort(0, Qt::DescendingOrder);
    else
        QSortFilterProxyModel::sort(column, order);
}

bool RequestsOrder::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    // Those under way are on top, whatever the order.
    const bool leftRuns = m_model.row(left.row()).isUnderWay();
    if (leftRuns != m_model.row(right.row()).isUnderWay())
        return leftRuns == (sortOrder() == Qt::AscendingOrder);
    const RequestColumn &column = requestColumns()[static_cast<size_t>(left.column())];
    return column.isLess(m_model.row(left.row()), m_model.row(right.row()));
}

} // namespace lunargate::ui
