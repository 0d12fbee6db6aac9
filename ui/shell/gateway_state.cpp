// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/gateway_state.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

namespace lunargate::ui {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("GatewayState", text);
}

/// A disc with a crescent, and for what is not as it should be a sign over its lower right part.
QPixmap statePixmap(Condition condition, int side)
{
    QPixmap pixmap(side, side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(side / 64.0, side / 64.0);
    const bool isIdle =
        condition == Condition::Paused || condition == Condition::Error || condition == Condition::Stopping;
    QPainterPath disc;
    disc.addEllipse(QRectF(2, 2, 60, 60));
    QPainterPath shadow;
    shadow.addEllipse(QRectF(22, 6, 40, 40));
    QPainterPath moon;
    moon.addEllipse(QRectF(11, 11, 42, 42));
    painter.fillPath(disc, isIdle ? QColor(0x6b7280) : QColor(0x4450c4));
    painter.fillPath(moon.subtracted(shadow), QColor(0xffffff));
    if (condition != Condition::Running) {
        QPainterPath around;
        around.addEllipse(QRectF(25, 25, 42, 42));
        painter.setCompositionMode(QPainter::CompositionMode_Clear);
        painter.fillPath(around, Qt::transparent);
        painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
        const QColor colour = condition == Condition::Error      ? QColor(0xe5484d)
                              : condition == Condition::Degraded ? QColor(0xf5a524)
                                                                 : QColor(0x9aa3b2);
        paintGlyph(painter, conditionGlyph(condition), QRectF(28, 28, 36, 36), colour);
    }
    return pixmap;
}

} // namespace

QString conditionText(Condition condition)
{
    switch (condition) {
    case Condition::Starting:
        return translated(QT_TRANSLATE_NOOP("GatewayState", "Starting"));
    case Condition::Running:
        return translated(QT_TRANSLATE_NOOP("GatewayState", "Running"));
    case Condition::Degraded:
        return translated(QT_TRANSLATE_NOOP("GatewayState", "Degraded"));
    case Condition::Paused:
        return translated(QT_TRANSLATE_NOOP("GatewayState", "Paused"));
    case Condition::Error:
        return translated(QT_TRANSLATE_NOOP("GatewayState", "Not running"));
    case Condition::Stopping:
        return translated(QT_TRANSLATE_NOOP("GatewayState", "Stopping"));
    }
    Q_UNREACHABLE_RETURN({});
}

QString summary(const GatewayState &state)
{
    QString text = conditionText(state.condition);
    if (state.activeRequests == 0)
        return text;
    return state.activeRequests == 1 ? QCoreApplication::translate("GatewayState", "%1 · 1 request under way").arg(text)
                                     : QCoreApplication::translate("GatewayState", "%1 · %2 requests under way")
                                           .arg(text)
                                           .arg(state.activeRequests);
}

Glyph conditionGlyph(Condition condition)
{
    switch (condition) {
    case Condition::Running:
        return Glyph::Check;
    case Condition::Degraded:
        return Glyph::Caution;
    case Condition::Error:
        return Glyph::Cross;
    case Condition::Paused:
        return Glyph::Bars;
    case Condition::Starting:
    case Condition::Stopping:
        return Glyph::Ring;
    }
    Q_UNREACHABLE_RETURN(Glyph::Ring);
}

Tone conditionTone(Condition condition)
{
    switch (condition) {
    case Condition::Running:
        return Tone::Ok;
    case Condition::Degraded:
        return Tone::Warning;
    case Condition::Error:
        return Tone::Error;
    case Condition::Paused:
    case Condition::Starting:
    case Condition::Stopping:
        return Tone::Muted;
    }
    Q_UNREACHABLE_RETURN(Tone::Muted);
}

QIcon stateIcon(Condition condition)
{
    QIcon icon;
    for (const int side : {16, 22, 24, 32, 48, 64, 128})
        icon.addPixmap(statePixmap(condition, side));
    return icon;
}

} // namespace lunargate::ui
