// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/finding.h"

#include <QAbstractTableModel>

namespace lunargate::ui {

/// Findings as rows: where, what, and at which key. Those that have a line in the text come in its order.
class FindingsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Place, Message, Key, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setFindings(std::vector<Finding> findings);
    const Finding &finding(int row) const { return m_findings[static_cast<size_t>(row)]; }
    int count(Finding::Kind kind) const;
    /// `2 errors · 1 warning`; empty: there are neither.
    QString summary() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<Finding> m_findings;
};

} // namespace lunargate::ui
