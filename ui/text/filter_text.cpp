// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/filter_text.h"

#include <algorithm>

namespace lunargate::ui {

QString equalsFilter(const QString &field, const QString &value)
{
    const bool isWord = !value.isEmpty() && std::ranges::all_of(value, [](QChar c) {
        return c.isLetterOrNumber() || c == u'-' || c == u'_' || c == u'.' || c == u'/' || c == u':';
    });
    QString text = value;
    if (!isWord)
        text = u'"' + text.replace(u'\\', QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\"")) + u'"';
    return field + u':' + text;
}

} // namespace lunargate::ui
