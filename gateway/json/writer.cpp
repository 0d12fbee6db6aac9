// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/writer.h"

#include <QString>
#include <QLocale>

#include <cmath>
#include <cstdlib>

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

void appendValue(QByteArray &out, Value value)
{
    struct Free
    {
        void operator()(char *text) const { std::free(text); } // by malloc(), see yyjson_val_write()
    };
    size_t size = 0;
    // Texts of a document are valid UTF-8, so that nothing but a lack of memory can fail here.
    const std::unique_ptr<char, Free> text(yyjson_val_write(value.raw(), YYJSON_WRITE_NOFLAG, &size));
    if (text)
        out.append(text.get(), static_cast<qsizetype>(size));
    else
        out.append("null");
}

QByteArray toText(Value value)
{
    QByteArray out;
    if (value.exists())
        appendValue(out, value);
    return out;
}

QByteArray number(double number)
{
    if (!std::isfinite(number))
        return QByteArrayLiteral("null");
    return QByteArray::number(number, 'g', QLocale::FloatingPointShortest);
}

} // namespace lunargate::json
