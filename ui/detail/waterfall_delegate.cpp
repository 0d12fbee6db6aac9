// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/waterfall_delegate.h"

#include "ui/detail/attempts_model.h"
#include "ui/theme/colours.h"

#include <QPainter>

namespace lunargate::ui {

void WaterfallDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    CellDelegate::paint(painter, option, index);
    const auto span = index.data(AttemptsModel::kSpanRole).value<AttemptSpan>();
    const Colours colours = coloursOf(option.palette);
    const QRectF area = QRectF(option.rect).adjusted(kMargin, 0, -kMargin, 0);
    const auto bar = [&area](double from, double to, double height) {
        return QRectF(area.left() + from * area.width(), area.center().y() - height / 2,
                      std::max((to - from) * area.width(), 2.0), height);
    };
    QColor colour = span.hasFailed ? colours.error : colours.accent;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colours.muted);
    if (span.begin > span.waitBegin)
        painter->drawRect(bar(span.waitBegin, span.begin, 2));
    if (span.end > span.firstByte) {
        painter->setBrush(colour);
        painter->drawRoundedRect(bar(span.firstByte, span.end, 12), 3, 3);
    }
    if (span.firstByte > span.begin) {
        painter->setBrush(QColor(colour.red(), colour.green(), colour.blue(), 110));
        painter->drawRoundedRect(bar(span.begin, span.firstByte, 12), 3, 3);
    }
    painter->restore();
}

} // namespace lunargate::ui
