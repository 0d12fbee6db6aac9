// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style.h"

#include "ui/theme/colours.h"

#include <QPainter>
#include <QStyleOption>

namespace lunargate::ui {

namespace {

void drawBox(QPainter &painter, const QRectF &rect, const QColor &border, const QColor &fill, double radius)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(border);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

} // namespace

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    if (element != PE_IndicatorCheckBox) {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    const Colours colours = coloursOf(option->palette);
    const bool isOn = option->state.testFlag(State_On);
    const bool isFocused = option->state.testFlag(State_HasFocus);
    const QRectF box = option->rect;
    painter->save();
    drawBox(*painter, box, isOn || isFocused ? colours.accent : colours.muted, isOn ? colours.accent : colours.surface,
            3);
    if (isOn) {
        painter->setPen(QPen(colours.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const auto at = [&box](double x, double y) {
            return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
        };
        painter->drawPolyline(QPolygonF{at(0.24, 0.52), at(0.43, 0.70), at(0.77, 0.31)});
    }
    painter->restore();
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                               const QWidget *widget) const
{
    if (control != CC_ComboBox) {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        return;
    }
    const Colours colours = coloursOf(option->palette);
    painter->save();
    drawBox(*painter, option->rect, option->state.testFlag(State_HasFocus) ? colours.accent : colours.border,
            option->state.testFlag(State_MouseOver) ? colours.hover : colours.surface, 6);
    painter->setPen(QPen(colours.muted, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF middle(option->rect.right() - 13, option->rect.center().y() + 0.5);
    painter->drawPolyline(QPolygonF{middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)});
    painter->restore();
}

} // namespace lunargate::ui
