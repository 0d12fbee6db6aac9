// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace lunargate::ui {

/// Paints a cell of a table: background, icon, text, and nothing that costs time.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    static constexpr int kMargin = 8; ///< at both sides

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace lunargate::ui
