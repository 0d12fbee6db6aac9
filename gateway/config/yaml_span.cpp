// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_span.h"

#include "gateway/config/yaml_shape.h"

#include <optional>
#include <utility>

namespace lunargate {

namespace {

using Kind = YamlSpan::Kind;

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isFlowSign(char c)
{
    return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

/// Walks through a text whose shape is known, and notes where each part of it stands. yaml-cpp only tells where values
/// begin, so their ends are found by what they are made of.
class SpanFinder
{
public:
    explicit SpanFinder(QByteArrayView text) : m_text(text) {}

    void findRoot(YamlSpan &root)
    {
        constexpr QByteArrayView byteOrderMark = "\xEF\xBB\xBF";
        m_at = m_text.startsWith(byteOrderMark) ? byteOrderMark.size() : 0;
        skipBlanks();
        while (peek() == '%') { // a directive
            const qsizetype end = m_text.indexOf('\n', m_at);
            m_at = end < 0 ? m_text.size() : end;
            skipBlanks();
        }
        if (m_text.sliced(m_at).startsWith("---"))
            m_at += 3;
        find(root);
    }

    std::optional<qsizetype> lostAt() const { return m_lostAt; }

private:
    char peek(qsizetype ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }
    void skipBlanks() { m_at = skipYamlBlanks(m_text, m_at); }
    void lose()
    {
        if (!m_lostAt)
            m_lostAt = m_at;
    }
    void expect(char c)
    {
        if (peek() == c)
            ++m_at;
        else
            lose();
    }

    void skipWord()
    {
        while (m_at < m_text.size() && !isSpace(peek()) && !isFlowSign(peek()))
            ++m_at;
    }

    /// Anchor and tag; ends directly behind the last of them if nothing else is there.
    void skipProperties()
    {
        for (;;) {
            const qsizetype before = m_at;
            skipBlanks();
            if (peek() != '&' && peek() != '!') {
                m_at = before;
                return;
            }
            skipWord();
        }
    }

    void find(YamlSpan &node)
    {
        if (node.kind == Kind::Null) {
            findNull(node);
            return;
        }
        node.start = skipYamlBlanks(m_text, m_at);
        skipProperties();
        const qsizetype behindProperties = m_at;
        skipBlanks();
        node.begin = m_at;
        switch (node.kind) {
        case Kind::Null:
            break;
        case Kind::Alias:
            skipWord();
            break;
        case Kind::Scalar:
            findScalar(node, behindProperties);
            break;
        case Kind::List:
            node.isFlow ? findFlowList(node) : findBlockList(node);
            break;
        case Kind::Map:
            node.isFlow ? findFlowMap(node) : findBlockMap(node);
            break;
        }
        node.end = m_at;
    }

    void findNull(YamlSpan &node)
    {
        node.start = skipYamlBlanks(m_text, m_at);
        if (node.anchor != 0)
            skipProperties();
        node.begin = node.end = m_at;
        const qsizetype word = skipYamlBlanks(m_text, m_at);
        for (const QByteArrayView spelling : {"~", "null", "Null", "NULL"}) {
            const qsizetype end = word + spelling.size();
            if (!m_text.sliced(word).startsWith(spelling))
                continue;
            const bool isWhole = end == m_text.size() || isSpace(m_text[end]) || isFlowSign(m_text[end]);
            const qsizetype next = skipYamlBlanks(m_text, end);
            const bool isNextKey = next < m_text.size() && m_text[next] == ':' && !m_isKey;
            if (!isWhole || isNextKey)
                continue;
            node.begin = word;
            node.end = m_at = end;
            return;
        }
    }

    void findScalar(YamlSpan &node, qsizetype behindProperties)
    {
        if (peek() == '"' || peek() == '\'') {
            findQuoted(peek());
            return;
        }
        if (node.text.isEmpty() && peek() != '|' && peek() != '>') {
            node.begin = m_at = behindProperties; // a tag, and nothing more
            return;
        }
        if (peek() == '|' || peek() == '>') {
            const qsizetype end = m_text.indexOf('\n', m_at);
            m_at = end < 0 ? m_text.size() : end;
        }
        // Line ends and indentation are not the value's own; all else is, as it stands.
        for (const char c : std::as_const(node.text)) {
            if (isSpace(c))
                continue;
            while (m_at < m_text.size() && isSpace(peek()))
                ++m_at;
            expect(c);
        }
    }

    void findQuoted(char quote)
    {
        for (++m_at; m_at < m_text.size(); ++m_at) {
            const bool isPair = quote == '"' ? peek() == '\\' : peek() == quote && peek(1) == quote;
            if (isPair) {
                ++m_at;
            } else if (peek() == quote) {
                ++m_at;
                return;
            }
        }
        lose();
    }

    void findBlockList(YamlSpan &node)
    {
        for (YamlSpan &item : node.items) {
            skipBlanks();
            node.dashes.push_back(m_at);
            expect('-');
            find(item);
        }
    }

    void findFlowList(YamlSpan &node)
    {
        expect('[');
        for (YamlSpan &item : node.items) {
            find(item);
            skipComma();
        }
        skipBlanks();
        expect(']');
    }

    void findEntry(YamlSpanEntry &entry)
    {
        skipBlanks();
        entry.begin = m_at;
        if (peek() == '?' && isSpace(peek(1)))
            ++m_at;
        m_isKey = true;
        find(entry.key);
        m_isKey = false;
        const qsizetype behindKey = m_at;
        skipBlanks();
        entry.hasColon = peek() == ':';
        m_at = entry.hasColon ? m_at + 1 : behindKey;
        if (entry.hasColon)
            find(entry.value);
        else
            entry.value.begin = entry.value.end = m_at;
    }

    void findBlockMap(YamlSpan &node)
    {
        for (YamlSpanEntry &entry : node.entries)
            findEntry(entry);
    }

    void findFlowMap(YamlSpan &node)
    {
        const bool isPair = peek() != '{'; // [key: value]
        if (isPair) {
            findBlockMap(node);
            return;
        }
        expect('{');
        for (YamlSpanEntry &entry : node.entries) {
            findEntry(entry);
            skipComma();
        }
        skipBlanks();
        expect('}');
    }

    void skipComma()
    {
        skipBlanks();
        if (peek() == ',')
            ++m_at;
    }

    QByteArrayView m_text;
    qsizetype m_at = 0;
    bool m_isKey = false;
    std::optional<qsizetype> m_lostAt;
};

} // namespace

qsizetype skipYamlBlanks(QByteArrayView text, qsizetype at)
{
    while (at < text.size()) {
        const bool isComment = text[at] == '#' && (at == 0 || isSpace(text[at - 1]));
        if (isComment)
            at = text.indexOf('\n', at) < 0 ? text.size() : text.indexOf('\n', at);
        else if (isSpace(text[at]))
            ++at;
        else
            break;
    }
    return at;
}

std::expected<YamlSpan, qsizetype> readYamlSpans(QByteArrayView text)
{
    std::optional<YamlSpan> root = readYamlShape(text);
    if (!root)
        return std::unexpected(0);
    SpanFinder finder(text);
    finder.findRoot(*root);
    if (finder.lostAt())
        return std::unexpected(*finder.lostAt());
    return *std::move(root);
}

} // namespace lunargate
