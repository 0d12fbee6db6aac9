// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lunargate::ui {

/// `text` for a tool tip, letter by letter: Qt takes whatever looks like HTML for HTML. What others wrote goes through
/// this.
inline QString plainToolTip(const QString &text)
{
    return text.isEmpty() ? QString()
                          : QStringLiteral("<p style=\"white-space: pre-wrap\">%1</p>").arg(text.toHtmlEscaped());
}

} // namespace lunargate::ui
