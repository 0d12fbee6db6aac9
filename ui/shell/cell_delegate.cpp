// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/cell_delegate.h"

#include <QIcon>
#include <QPainter>

namespace lunargate::ui {

namespace {

constexpr int kIcon = 13;

} // namespace

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QPalette &palette = option.palette;
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, palette.color(QPalette::Highlight));
    QRect area = option.rect.adjusted(kMargin, 0, -kMargin, 0);
    if (const auto icon = index.data(Qt::DecorationRole).value<QIcon>(); !icon.isNull()) {
        icon.paint(painter, QRect(area.left(), area.center().y() - kIcon / 2, kIcon, kIcon));
        area.setLeft(area.left() + kIcon + kMargin - 2);
    }
    const QString text = index.data(Qt::DisplayRole).toString();
    const bool isFirst = index.column() == 0;
    painter->setFont(option.font);
    painter->setPen(palette.color(isFirst ? QPalette::PlaceholderText : QPalette::Text));
    const auto alignment = static_cast<int>(index.data(Qt::TextAlignmentRole).value<Qt::Alignment>());
    painter->drawText(area, alignment | Qt::TextSingleLine,
                      option.fontMetrics.elidedText(text, Qt::ElideRight, area.width()));
}

} // namespace lunargate::ui
