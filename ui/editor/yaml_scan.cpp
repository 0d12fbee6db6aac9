// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_scan.h"

namespace lunargate::ui {

namespace {

/// A map or list that is open at some place.
struct Level
{
    qsizetype indent = 0; // of its keys or dashes; of no meaning in flow style
    bool isList = false;
    bool isFlow = false;
    QString key = {}; // that is being read; empty: none
};

class Scanner
{
public:
    explicit Scanner(QStringView text) : m_text(text)
    {
        while (!isAtEnd())
            scanLine();
        const bool isOnNewLine = text.isEmpty() || text.endsWith(u'\n');
        if (isOnNewLine && !place && !m_scalarIndent && !m_isInQuotes)
            noteKey(0, {});
    }

    std::vector<YamlEntry> entries;
    std::optional<YamlPlace> place;

private:
    bool isAtEnd() const { return m_at >= m_text.size(); }
    QChar peek(qsizetype ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : QChar(u'\n'); }
    static bool isBreak(QChar c) { return c == u'\n' || c == u'\r'; }
    static bool isBlank(QChar c) { return c == u' ' || c == u'\t'; }
    bool isGapAt(qsizetype ahead) const { return isBlank(peek(ahead)) || isBreak(peek(ahead)); }

    void skipBlanks()
    {
        while (!isAtEnd() && isBlank(peek()))
            ++m_at;
    }

    void skipLine()
    {
        while (!isAtEnd() && m_text[m_at] != u'\n')
            ++m_at;
        ++m_at;
    }

    QStringList path() const
    {
        QStringList keys;
        for (const Level &level : m_levels) {
            if (level.isList)
                keys.append(QString(kListItem));
            else if (!level.key.isEmpty())
                keys.append(level.key);
        }
        return keys;
    }

    /// Leaves what ended before something in that column.
    void closeLevels(qsizetype column, bool isItem)
    {
        while (!m_levels.empty()) {
            const Level &last = m_levels.back();
            if (last.indent < column || (last.indent == column && (isItem || !last.isList)))
                return;
            m_levels.pop_back();
        }
    }

    /// The map whose keys begin in that column.
    Level &mapAt(qsizetype column)
    {
        closeLevels(column, false);
        if (m_levels.empty() || m_levels.back().indent != column || m_levels.back().isList)
            m_levels.push_back({.indent = column});
        return m_levels.back();
    }

    void noteKey(qsizetype column, QStringView partial)
    {
        mapAt(column).key.clear();
        place = YamlPlace{path(), partial.toString(), false};
    }

    void noteValue(QStringView partial) { place = YamlPlace{path(), partial.toString(), true}; }

    void scanLine()
    {
        m_lineStart = m_at;
        skipBlanks();
        const qsizetype column = m_at - m_lineStart;
        if (isAtEnd()) {
            if (!m_scalarIndent || column <= *m_scalarIndent)
                noteKey(column, {});
            return;
        }
        if (m_scalarIndent && (isBreak(peek()) || column > *m_scalarIndent))
            return skipLine();
        m_scalarIndent.reset();
        const QStringView rest = m_text.sliced(m_at);
        if (column == 0 && (rest.startsWith(u"---") || rest.startsWith(u"..."))) {
            m_levels.clear();
            return skipLine();
        }
        if (isBreak(peek()) || peek() == u'#' || (column == 0 && peek() == u'%'))
            return skipLine();
        if (scanDashes())
            scanNode();
        if (!isAtEnd() && !isBreak(peek()))
            skipLine();
        else if (!isAtEnd())
            ++m_at;
    }

    /// Whether something follows on the line.
    bool scanDashes()
    {
        while (peek() == u'-' && isGapAt(1)) {
            const qsizetype column = m_at - m_lineStart;
            closeLevels(column, true);
            if (m_levels.empty() || !m_levels.back().isList || m_levels.back().indent != column)
                m_levels.push_back({.indent = column, .isList = true});
            ++m_at;
            const bool hasGap = !isAtEnd();
            skipBlanks();
            if (isAtEnd() && hasGap)
                noteKey(m_at - m_lineStart, {});
            if (isAtEnd() || isBreak(peek()) || peek() == u'#')
                return false;
        }
        return true;
    }

    void scanNode()
    {
        const qsizetype column = m_at - m_lineStart;
        if (scanCollection(m_levels.empty() ? -1 : m_levels.back().indent))
            return;
        const qsizetype begin = m_at;
        const bool isQuoted = scanScalar();
        const QStringView scalar = m_text.sliced(begin, m_at - begin);
        const qsizetype end = m_at;
        skipBlanks();
        if (isAtEnd() || peek() != u':' || !isGapAt(1)) {
            if (end >= m_text.size() && !isQuoted)
                noteKey(column, scalar);
            else if (!m_levels.empty() && m_levels.back().isList)
                entries.push_back({.path = path(), .value = begin, .valueEnd = end});
            return;
        }
        mapAt(column).key = unquoted(scalar);
        entries.push_back({.path = path(), .key = begin, .keyEnd = end});
        ++m_at;
        scanValue(column);
    }

    void scanValue(qsizetype column)
    {
        skipBlanks();
        while (!isAtEnd() && (peek() == u'&' || peek() == u'!')) {
            while (!isAtEnd() && !isGapAt(0))
                ++m_at;
            skipBlanks();
        }
        if (isAtEnd())
            return noteValue({});
        if (isBreak(peek()) || peek() == u'#' || scanCollection(column))
            return;
        scanValueScalar();
    }

    /// The value of the entry that is the last so far.
    void scanValueScalar()
    {
        YamlEntry &entry = entries.back();
        entry.value = m_at;
        const bool isQuoted = scanScalar();
        entry.valueEnd = m_at;
        if (isAtEnd() && !isQuoted)
            noteValue(m_text.sliced(entry.value));
    }

    /// A block scalar or a collection in flow style, if there is one.
    bool scanCollection(qsizetype indent)
    {
        if (peek() == u'|' || peek() == u'>') {
            m_scalarIndent = indent;
            while (!isAtEnd() && !isBreak(peek()))
                ++m_at;
            return true;
        }
        if (peek() != u'{' && peek() != u'[')
            return false;
        scanFlow();
        return true;
    }

    /// Whether it is in quotes. Stays behind its last character.
    bool scanScalar()
    {
        if (peek() == u'"' || peek() == u'\'') {
            scanQuoted();
            return true;
        }
        const bool isFlow = !m_levels.empty() && m_levels.back().isFlow;
        qsizetype end = m_at;
        while (!isAtEnd() && !isBreak(peek())) {
            if (peek() == u':' && (isGapAt(1) || (isFlow && QStringView(u",[]{}").contains(peek(1)))))
                break;
            if (isFlow && QStringView(u",[]{}").contains(peek()))
                break;
            if (isBlank(peek()) && peek(1) == u'#')
                break;
            ++m_at;
            if (!isBlank(m_text[m_at - 1]))
                end = m_at;
        }
        if (!isAtEnd())
            m_at = end;
        return false;
    }

    void scanQuoted()
    {
        const QChar quote = peek();
        ++m_at;
        while (!isAtEnd()) {
            if (peek() == u'\\' && quote == u'"') {
                m_at += 2;
            } else if (peek() == quote && quote == u'\'' && peek(1) == quote) {
                m_at += 2;
            } else if (peek() == quote) {
                ++m_at;
                return;
            } else {
                ++m_at;
            }
        }
        m_at = m_text.size();
        m_isInQuotes = true;
    }

    void scanFlow()
    {
        const size_t outside = m_levels.size();
        bool isValue = false;
        do {
            const QChar c = peek();
            if (isBlank(c) || isBreak(c)) {
                ++m_at;
            } else if (c == u'#') {
                skipLine();
                if (isAtEnd())
                    return;
            } else if (c == u'{' || c == u'[') {
                m_levels.push_back({.isList = c == u'[', .isFlow = true});
                isValue = false;
                ++m_at;
            } else if (c == u'}' || c == u']') {
                m_levels.pop_back();
                ++m_at;
            } else if (c == u',') {
                m_levels.back().key.clear();
                isValue = false;
                ++m_at;
            } else if (c == u':') {
                isValue = true;
                ++m_at;
            } else if (scanFlowScalar(isValue)) {
                return;
            }
        } while (m_levels.size() > outside && !isAtEnd());
        if (m_levels.size() > outside)
            place = YamlPlace{path(), {}, isValue};
    }

    /// Whether the text ends with it.
    bool scanFlowScalar(bool isValue)
    {
        Level &level = m_levels.back();
        if (isValue && !entries.empty()) {
            scanValueScalar();
            return isAtEnd();
        }
        const qsizetype begin = m_at;
        const bool isQuoted = scanScalar();
        const QStringView scalar = m_text.sliced(begin, m_at - begin);
        if (isAtEnd() && !isQuoted)
            place = YamlPlace{path(), scalar.toString(), false};
        if (isAtEnd())
            return true;
        if (level.isList) {
            entries.push_back({.path = path(), .value = begin, .valueEnd = m_at});
        } else {
            level.key = unquoted(scalar);
            entries.push_back({.path = path(), .key = begin, .keyEnd = m_at});
        }
        return false;
    }

    static QString unquoted(QStringView scalar)
    {
        const bool isQuoted = scalar.size() >= 2 && (scalar.front() == u'"' || scalar.front() == u'\'');
        return (isQuoted ? scalar.sliced(1, scalar.size() - 2) : scalar).toString();
    }

    QStringView m_text;
    qsizetype m_at = 0;
    qsizetype m_lineStart = 0;
    std::vector<Level> m_levels;
    bool m_isInQuotes = false;               // at the end
    std::optional<qsizetype> m_scalarIndent; // in a block scalar: lines that are deeper belong to it
};

} // namespace

QString pathText(const QStringList &path)
{
    return path.join(u'.').replace(QStringLiteral(".[]"), kListItem);
}

std::vector<YamlEntry> yamlEntries(QStringView text)
{
    return Scanner(text).entries;
}

std::optional<YamlPlace> yamlPlaceAfter(QStringView text)
{
    return Scanner(text).place;
}

} // namespace lunargate::ui
