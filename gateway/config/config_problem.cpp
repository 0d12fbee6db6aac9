// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_problem.h"

#include <algorithm>

namespace lunargate {

QByteArray ConfigProblem::toText() const
{
    QByteArray text = file;
    if (line > 0)
        text += ':' + QByteArray::number(line) + ':' + QByteArray::number(column);
    if (!text.isEmpty())
        text += ": ";
    if (severity == Severity::Warning)
        text += "warning: ";
    if (!path.isEmpty())
        text += path + ": ";
    return text + message;
}

QByteArray pathOfKey(const QByteArray &parent, const QByteArray &key)
{
    constexpr QByteArrayView marks = ".[]\"\\";
    if (!key.isEmpty() && std::ranges::none_of(key, [marks](char c) { return marks.contains(c); }))
        return parent.isEmpty() ? key : parent + '.' + key;
    QByteArray escaped = key;
    escaped.replace('\\', "\\\\").replace('"', "\\\"");
    return parent + "[\"" + escaped + "\"]";
}

QByteArray pathOfItem(const QByteArray &parent, size_t index)
{
    return parent + '[' + QByteArray::number(static_cast<qulonglong>(index)) + ']';
}

} // namespace lunargate
