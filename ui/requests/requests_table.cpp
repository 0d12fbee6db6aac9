// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/requests_table.h"

#include "ui/shell/plain_table.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QScrollBar>

namespace lunargate::ui {

RequestsTable::RequestsTable(RequestsModel &model, QWidget *parent)
    : QTableView(parent), m_model(model), m_order(new RequestsOrder(model, this))
{
    setUpPlainTable(*this, tr("Requests"));
    setModel(m_order);
    QHeaderView *header = horizontalHeader();
    header->setSectionsMovable(true);
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::DescendingOrder);
    setSortingEnabled(true);
    int at = 0;
    for (const RequestColumn &column : requestColumns()) {
        setColumnWidth(at, column.width);
        setColumnHidden(at++, !column.isShown);
    }
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this, [this, header](const QPoint &place) {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillColumnMenu(*menu);
        menu->popup(header->mapToGlobal(place));
    });
    connect(m_order, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { keepPlace(first, last - first + 1); });
    connect(m_order, &QAbstractItemModel::rowsRemoved, this,
            [this](const QModelIndex &, int first, int last) { keepPlace(first, first - last - 1); });
}

void RequestsTable::keepPlace(int first, int count)
{
    const int top = rowAt(0);
    const bool isAbove = verticalScrollBar()->value() > 0 && first <= top;
    if (!isAbove)
        return;
    updateGeometries(); // at the end the bar would not go on before it knows of them
    verticalScrollBar()->setValue(verticalScrollBar()->value() + count);
}

void RequestsTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row())
        Q_EMIT currentChosen(currentId());
}

QByteArray RequestsTable::currentId() const
{
    const QModelIndex current = m_order->mapToSource(currentIndex());
    return current.isValid() ? m_model.row(current.row()).id : QByteArray();
}

void RequestsTable::select(const QByteArray &id)
{
    const int row = m_model.rowOf(id);
    setCurrentIndex(row < 0 ? QModelIndex() : m_order->mapFromSource(m_model.index(row, 0)));
}

void RequestsTable::fillColumnMenu(QMenu &menu)
{
    for (int column = 0; column < m_model.columnCount(); ++column) {
        QAction *action = menu.addAction(m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
}

QByteArray RequestsTable::layout() const
{
    return horizontalHeader()->saveState();
}

void RequestsTable::setLayout(const QByteArray &layout)
{
    horizontalHeader()->restoreState(layout);
}

} // namespace lunargate::ui
