// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/breakdown_table.h"

#include "ui/shell/plain_table.h"

#include <QHeaderView>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace lunargate::ui {

namespace {

constexpr int kNameWidth = 150; // at least
// Of the numbers, with room for the sign that it is sorted by them.
constexpr int kWidths[] = {0, 96, 92, 92, 84, 72, 84, 96, 72, 100};
static_assert(std::size(kWidths) == BreakdownModel::ColumnCount);

constexpr int kFewestRows = 3; // with room without scrolling
constexpr int kMostRows = 8;

} // namespace

BreakdownTable::BreakdownTable()
{
    m_order.setSourceModel(&m_model);
    m_order.setSortRole(BreakdownModel::kSortRole);
    setUpPlainTable(*this, tr("Breakdown"));
    setModel(&m_order);
    setSortingEnabled(true);
    sortByColumn(BreakdownModel::Requests, Qt::DescendingOrder);
    for (int column = BreakdownModel::Name + 1; column < BreakdownModel::ColumnCount; ++column)
        setColumnWidth(column, kWidths[column]);
    const auto choose = [this](const QModelIndex &index) {
        Q_EMIT groupChosen(m_model.name(m_order.mapToSource(index).row()));
    };
    connect(this, &QTableView::clicked, this, choose);
    connect(this, &QTableView::activated, this, choose);
}

void BreakdownTable::show(const HistoryTally &tally, const QString &nameTitle)
{
    const QByteArray current = currentName();
    m_model.show(tally, nameTitle);
    const int row = m_model.rowOf(current);
    if (!currentIndex().isValid() && row >= 0)
        setCurrentIndex(m_order.mapFromSource(m_model.index(row, 0)));
}

QByteArray BreakdownTable::currentName() const
{
    const QModelIndex current = m_order.mapToSource(currentIndex());
    return current.isValid() ? m_model.name(current.row()) : QByteArray();
}

int BreakdownTable::heightOf(int rows) const
{
    return horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize() + 2 * frameWidth() +
           2;
}

QSize BreakdownTable::sizeHint() const
{
    return {QTableView::sizeHint().width(), heightOf(std::clamp(m_model.rowCount(), kFewestRows, kMostRows))};
}

QSize BreakdownTable::minimumSizeHint() const
{
    return {kNameWidth, heightOf(kFewestRows)};
}

// Names take what the numbers leave.
void BreakdownTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    const int numbers = std::accumulate(std::begin(kWidths), std::end(kWidths), 0);
    setColumnWidth(BreakdownModel::Name, std::max(kNameWidth, viewport()->width() - numbers));
}

} // namespace lunargate::ui
