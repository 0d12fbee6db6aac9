// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/writer.h"

#include <QString>
#include <QLocale>

#include <cmath>

namespace lunargate::json {

const char *shortEscape(char c)
{
    switch (c) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return nullptr;
    }
}

void appendString(QByteArray &out, QByteArrayView text)
{
    if (!text.isValidUtf8()) {
        appendString(out, QString::fromUtf8(text).toUtf8());
        return;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    out.reserve(out.size() + text.size() + 2);
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) >= 0x20) {
            out += c;
        } else if (const char *escape = shortEscape(c)) {
            out += escape;
        } else {
            out += "\\u00";
            out += kHex[(c >> 4) & 0xf];
            out += kHex[c & 0xf];
        }
    }
    out += '"';
}

QByteArray quoted(QByteArrayView text)
{
    QByteArray out;
    appendString(out, text);
    return out;
}

QByteArray number(double number)
{
    if (!std::isfinite(number))
        return QByteArrayLiteral("null");
    return QByteArray::number(number, 'g', QLocale::FloatingPointShortest);
}

} // namespace lunargate::json
