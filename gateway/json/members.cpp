// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/members.h"

#include "gateway/json/document.h"

#include <cstring>
#include <ranges>

namespace lunargate::json {

namespace {

/// Walks over valid JSON text without building anything.
class Walker
{
public:
    Walker(QByteArrayView text, Range range)
        : m_begin(text.data()), m_at(text.data() + range.begin), m_end(text.data() + range.end)
    {
    }

    qsizetype position() const { return m_at - m_begin; }
    bool atEnd() const { return m_at >= m_end; }
    char peek() const { return atEnd() ? '\0' : *m_at; }

    void skipSpace()
    {
        while (!atEnd() && isSpace(*m_at))
            ++m_at;
    }

    bool skip(char expected)
    {
        skipSpace();
        if (peek() != expected)
            return false;
        ++m_at;
        return true;
    }

    // From the opening quote to behind the closing one.
    void skipString()
    {
        ++m_at;
        while (!atEnd()) {
            const char *quote = static_cast<const char *>(std::memchr(m_at, '"', static_cast<size_t>(m_end - m_at)));
            if (!quote) {
                m_at = m_end;
                return;
            }
            const char *backslash = quote;
            while (backslash > m_at && backslash[-1] == '\\')
                --backslash;
            m_at = quote + 1;
            if ((quote - backslash) % 2 == 0)
                return;
        }
    }

    Range skipValue()
    {
        skipSpace();
        const qsizetype begin = position();
        int depth = 0;
        while (!atEnd()) {
            const char c = *m_at;
            if (c == '"') {
                skipString();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++m_at;
                continue;
            } else if (c == '}' || c == ']') {
                if (depth == 0)
                    break; // the end of what encloses a missing value
                --depth;
                ++m_at;
            } else if (depth > 0) {
                ++m_at;
                continue;
            } else {
                skipScalar();
            }
            if (depth == 0)
                break;
        }
        return {begin, position()};
    }

private:
    void skipScalar()
    {
        while (!atEnd() && !isSpace(*m_at) && *m_at != ',' && *m_at != '}' && *m_at != ']')
            ++m_at;
    }

    const char *m_begin;
    const char *m_at;
    const char *m_end;
};

QByteArray unescapedKey(QByteArrayView quoted)
{
    if (quoted.size() < 2)
        return {};
    if (!quoted.contains('\\'))
        return quoted.sliced(1, quoted.size() - 2).toByteArray();
    const std::optional<Document> document = Document::parse(quoted);
    return document ? document->root().toByteArray() : QByteArray();
}

} // namespace

std::vector<Member> membersOf(QByteArrayView text, Range range)
{
    std::vector<Member> members;
    Walker walker(text, range);
    if (!walker.skip('{'))
        return members;
    walker.skipSpace();
    while (walker.peek() == '"') {
        const qsizetype begin = walker.position();
        walker.skipString();
        QByteArray key = unescapedKey(text.sliced(begin, walker.position() - begin));
        if (!walker.skip(':'))
            break;
        const Range value = walker.skipValue();
        members.push_back({std::move(key), value, {begin, value.end}});
        if (!walker.skip(','))
            break;
        walker.skipSpace();
    }
    return members;
}

std::vector<Range> elementsOf(QByteArrayView text, Range range)
{
    std::vector<Range> elements;
    Walker walker(text, range);
    if (!walker.skip('['))
        return elements;
    walker.skipSpace();
    while (!walker.atEnd() && walker.peek() != ']') {
        elements.push_back(walker.skipValue());
        if (!walker.skip(','))
            break;
    }
    return elements;
}

Range wholeValue(QByteArrayView text)
{
    Range range{0, text.size()};
    while (range.begin < range.end && isSpace(text[range.begin]))
        ++range.begin;
    while (range.end > range.begin && isSpace(text[range.end - 1]))
        --range.end;
    return range;
}

bool isDeeperThan(QByteArrayView text, int limit)
{
    int depth = 0;
    const char *at = text.data();
    const char *const end = at + text.size();
    while (at < end) {
        switch (*at) {
        case '"': {
            Walker string(text, {at - text.data(), text.size()});
            string.skipString();
            at = text.data() + string.position();
            continue;
        }
        case '{':
        case '[':
            if (++depth > limit)
                return true;
            break;
        case '}':
        case ']':
            --depth;
            break;
        default:
            break;
        }
        ++at;
    }
    return false;
}

const Member *find(const std::vector<Member> &members, QByteArrayView key)
{
    for (const Member &member : std::views::reverse(members)) {
        if (member.key == key)
            return &member;
    }
    return nullptr;
}

} // namespace lunargate::json
