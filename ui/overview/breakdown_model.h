// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_totals.h"

#include <QAbstractTableModel>

#include <vector>

namespace lunargate::ui {

/// The groups of a tally, one a row, in the order of their names.
class BreakdownModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int kSortRole = Qt::UserRole; ///< a number or a text

    enum Column { Name, Requests, Errors, TokensIn, TokensCached, TokensOut, Cost, P50, P95, CacheHits, ColumnCount };

    /// `nameTitle` says what the groups are. Rows stay where they are if the groups are those of before.
    void show(const HistoryTally &tally, const QString &nameTitle);
    void clear();

    /// As the history has it.
    QByteArray name(int row) const { return m_rows[static_cast<size_t>(row)].first; }
    /// -1: there is none.
    int rowOf(const QByteArray &name) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    using Row = std::pair<QByteArray, HistoryTotals>;

    std::vector<Row> m_rows;
    QString m_nameTitle;
};

} // namespace lunargate::ui
