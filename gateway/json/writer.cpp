// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/writer.h"

#include <QString>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

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

namespace {

// A whole machine word at a time: nearly all of a request's bytes are text without anything to escape.
using Word = std::uint64_t;
constexpr Word kOnes = 0x0101010101010101;
constexpr Word kHighs = 0x8080808080808080;

constexpr bool hasByteBelow(Word word, unsigned char limit)
{
    return ((word - kOnes * limit) & ~word & kHighs) != 0;
}

constexpr bool hasByte(Word word, unsigned char byte)
{
    return hasByteBelow(word ^ (kOnes * byte), 1);
}

bool needsEscape(char c)
{
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// The first character from `at` on that JSON does not take as it is, or the end.
const char *nextEscape(const char *at, const char *end)
{
    while (end - at >= static_cast<std::ptrdiff_t>(sizeof(Word))) {
        Word word = 0;
        std::memcpy(&word, at, sizeof word);
        if (hasByteBelow(word, 0x20) || hasByte(word, '"') || hasByte(word, '\\'))
            break;
        at += sizeof word;
    }
    return std::find_if(at, end, needsEscape);
}

void appendEscape(QByteArray &out, char c)
{
    static constexpr char kHex[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        const char escape[] = {'\\', c};
        out.append(escape, sizeof escape);
    } else if (const char *escape = shortEscape(c)) {
        out.append(escape, 2);
    } else {
        const char hex[] = {'\\', 'u', '0', '0', kHex[(c >> 4) & 0xf], kHex[c & 0xf]};
        out.append(hex, sizeof hex);
    }
}

} // namespace

void appendString(QByteArray &out, QByteArrayView text)
{
    if (!text.isValidUtf8()) {
        appendDocumentText(out, QString::fromUtf8(text).toUtf8());
        return;
    }
    appendDocumentText(out, text);
}

void appendDocumentText(QByteArray &out, QByteArrayView text)
{
    out += '"';
    const char *const end = text.end();
    for (const char *at = text.begin();;) {
        const char *escape = nextEscape(at, end);
        out.append(at, escape - at);
        if (escape == end)
            break;
        appendEscape(out, *escape);
        at = escape + 1;
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
