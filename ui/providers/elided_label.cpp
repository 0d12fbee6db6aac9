// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/elided_label.h"

#include "ui/text/plain_tool_tip.h"

#include <QPainter>

namespace lunargate::ui {

ElidedLabel::ElidedLabel(const char *objectName)
{
    setObjectName(QString::fromLatin1(objectName));
    setTextFormat(Qt::PlainText);
}

void ElidedLabel::setText(const QString &text)
{
    if (text == this->text())
        return;
    QLabel::setText(text);
    setToolTip(plainToolTip(text));
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {std::min(sizeHint().width(), 8 * fontMetrics().averageCharWidth()), sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(contentsRect(), static_cast<int>(alignment()) | Qt::TextSingleLine,
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
}

} // namespace lunargate::ui
