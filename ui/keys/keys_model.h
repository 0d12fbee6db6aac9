// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/keys/key_list.h"

#include <QAbstractTableModel>

namespace lunargate::ui {

/// The keys of the keychain and of the configuration, a row each. GUI thread.
class KeysModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Origin, Users, State, Columns };

    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<KeyRow> rows);
    const std::vector<KeyRow> &rows() const { return m_rows; }
    /// -1: there is none of that name.
    int rowOf(const QByteArray &name) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<KeyRow> m_rows;
};

} // namespace lunargate::ui
