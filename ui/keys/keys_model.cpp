// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/keys_model.h"

#include "ui/keys/key_text.h"

#include <algorithm>

namespace lunargate::ui {

void KeysModel::setRows(std::vector<KeyRow> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int KeysModel::rowOf(const QByteArray &name) const
{
    const auto found = std::ranges::find(m_rows, name, &KeyRow::name);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int KeysModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int KeysModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant KeysModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const KeyRow &row = m_rows[static_cast<size_t>(index.row())];
    if (role == Qt::DecorationRole && index.column() == State)
        return stateIcon(row);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    switch (index.column()) {
    case Name:
        return QString::fromUtf8(row.name);
    case Origin:
        return originText(row);
    case Users:
        return row.users.isEmpty() ? tr("nobody") : QString::fromUtf8(row.users.join(", "));
    default:
        return stateText(row.state);
    }
}

QVariant KeysModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section >= Columns)
        return {};
    const QString names[] = {tr("Name"), tr("Bound to"), tr("Used by"), tr("State")};
    return names[section];
}

} // namespace lunargate::ui
