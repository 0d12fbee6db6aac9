// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/explain/shell_words.h"

namespace lunargate::ui {

namespace {

/// Reads one word after the other.
class Splitter
{
public:
    explicit Splitter(QStringView command) : m_command(command) {}

    std::optional<QStringList> split()
    {
        for (; m_at < m_command.size(); ++m_at) {
            const QChar c = m_command[m_at];
            if (c.isSpace())
                endWord();
            else if (c == u'\\')
                takeEscaped();
            else if (c == u'\'' ? !takeSingle() : c == u'"' && !takeDouble())
                return std::nullopt;
            else if (c != u'\'' && c != u'"')
                add(c);
        }
        endWord();
        return m_words;
    }

private:
    void add(QChar c)
    {
        m_word += c;
        m_isWord = true;
    }
    void endWord()
    {
        if (m_isWord)
            m_words.append(m_word);
        m_word.clear();
        m_isWord = false;
    }
    /// Behind a backslash; one at a line's end joins the lines.
    void takeEscaped()
    {
        if (++m_at >= m_command.size() || m_command[m_at] == u'\n')
            return;
        if (m_command[m_at] == u'\r' && m_at + 1 < m_command.size() && m_command[m_at + 1] == u'\n')
            ++m_at;
        else
            add(m_command[m_at]);
    }
    bool takeSingle()
    {
        const qsizetype end = m_command.indexOf(u'\'', m_at + 1);
        if (end < 0)
            return false;
        m_word += m_command.sliced(m_at + 1, end - m_at - 1);
        m_isWord = true;
        m_at = end;
        return true;
    }
    bool takeDouble()
    {
        m_isWord = true;
        for (++m_at; m_at < m_command.size() && m_command[m_at] != u'"'; ++m_at) {
            const bool isEscape = m_command[m_at] == u'\\' && m_at + 1 < m_command.size() &&
                                  QStringView(u"\"\\$`\n").contains(m_command[m_at + 1]);
            if (isEscape && m_command[++m_at] == u'\n')
                continue;
            m_word += m_command[m_at];
        }
        return m_at < m_command.size();
    }

    QStringView m_command;
    qsizetype m_at = 0;
    QString m_word;
    bool m_isWord = false; // also an empty one, in quotes
    QStringList m_words;
};

} // namespace

std::optional<QStringList> shellWords(QStringView command)
{
    return Splitter(command).split();
}

} // namespace lunargate::ui
