// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/writer.h"

#include <QString>
#include <QLocale>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

bool needsEscape(char c)
{
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// A block at a time: nearly all of a request's bytes are text without anything to escape. copyBlock() copies one, and
// tells with a bit each (the first byte's is the lowest) which of its bytes JSON does not take as they are.
#ifdef __SSE2__
constexpr std::ptrdiff_t kBlock = 16;

unsigned copyBlock(char *to, const char *from)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to), bytes);
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(controls, _mm_or_si128(quotes, backslashes))));
}
#else
using Word = std::uint64_t;
constexpr std::ptrdiff_t kBlock = sizeof(Word);
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

unsigned copyBlock(char *to, const char *from)
{
    Word word = 0;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(to, from, sizeof word);
    if (!hasByteBelow(word, 0x20) && !hasByte(word, '"') && !hasByte(word, '\\'))
        return 0;
    unsigned found = 0;
    for (unsigned index = 0; index < sizeof word; ++index)
        found |= needsEscape(from[index]) ? 1U << index : 0U;
    return found;
}
#endif

constexpr qsizetype kLongestEscape = 6; // \u001f

/// Writes the escape for `c` and returns where it ends.
char *putEscape(char *to, char c)
{
    static constexpr char kHex[] = "0123456789abcdef";
    *to++ = '\\';
    if (c == '"' || c == '\\') {
        *to++ = c;
    } else if (const char *escape = shortEscape(c)) {
        *to++ = escape[1];
    } else {
        for (const char digit : {'u', '0', '0', kHex[(c >> 4) & 0xf], kHex[c & 0xf]})
            *to++ = digit;
    }
    return to;
}

/// Appends the escaped text of a string. `out` is longer than what is written until finish() was called: there is
/// always room for all that is left to read, should nothing of it need an escape, and for one escape and a quote.
class EscapedText
{
public:
    EscapedText(QByteArray &out, QByteArrayView text) : m_out(out), m_from(text.begin()), m_end(text.end())
    {
        makeRoom(out.size());
    }

    void put(char c) { *m_to++ = c; }

    void write()
    {
        while (m_end - m_from >= kBlock) {
            const unsigned found = copyBlock(m_to, m_from);
            const int plain = found == 0 ? int(kBlock) : std::countr_zero(found);
            m_from += plain;
            m_to += plain;
            if (found != 0)
                escape();
        }
        while (m_from != m_end) {
            if (needsEscape(*m_from))
                escape();
            else
                *m_to++ = *m_from++;
        }
    }

    void finish() { m_out.resize(m_to - m_out.constData()); }

private:
    void escape()
    {
        m_to = putEscape(m_to, *m_from++);
        if (m_limit - m_to < m_end - m_from + kSpare)
            makeRoom(m_to - m_out.constData());
    }

    void makeRoom(qsizetype written)
    {
        m_out.resize(written + (m_end - m_from) + (m_end - m_from) / 16 + 2 * kSpare); // grows as append() does
        m_to = m_out.data() + written;
        m_limit = m_out.data() + m_out.size();
    }

    static constexpr qsizetype kSpare = kLongestEscape + 2; // the quotes

    QByteArray &m_out;
    const char *m_from;
    const char *const m_end;
    char *m_to = nullptr;
    const char *m_limit = nullptr;
};

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
    EscapedText escaped(out, text);
    escaped.put('"');
    escaped.write();
    escaped.put('"');
    escaped.finish();
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
