// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QRandomGenerator>

namespace lunargate::test {

/// A document with maps, lists and texts in all the ways of writing them, comments and blank lines.
class RandomYaml
{
public:
    explicit RandomYaml(quint32 seed)
        : m_random(seed),
          m_step(static_cast<int>(below(3)) + 2),
          m_listStep(below(3) == 0 ? 0 : m_step),
          m_lineBreak(below(4) == 0 ? "\r\n" : "\n")
    {
    }

    std::size_t below(std::size_t end) { return m_random.bounded(static_cast<quint32>(end)); }

    QByteArray text()
    {
        m_text.clear();
        comments(0);
        if (below(5) == 0)
            line(0, "---");
        map(0, 0);
        comments(0);
        if (below(4) == 0)
            m_text.chop(m_lineBreak.size());
        return m_text;
    }

private:
    void line(int column, const QByteArray &what)
    {
        m_text += QByteArray(column, ' ') + what;
        if (below(6) == 0)
            m_text += " # 'a comment: {";
        m_text += m_lineBreak;
    }
    void comments(int column)
    {
        if (below(5) == 0)
            m_text += m_lineBreak;
        if (below(5) == 0)
            m_text += QByteArray(column, ' ') + "# - of: the next" + m_lineBreak;
    }

    QByteArray scalar()
    {
        static constexpr const char *kScalars[] = {"plain",
                                                   "12",
                                                   "'it''s # one'",
                                                   "\"a \\\"b\\\": [c\"",
                                                   "\"Gr\xC3\xBC\xC3\x9F"
                                                   "e\"",
                                                   "~",
                                                   "a b c",
                                                   "http://x/y#z",
                                                   "!!str 7",
                                                   "&anchor x",
                                                   "true",
                                                   "\"\"",
                                                   "-5",
                                                   "x:y"};
        QByteArray text = kScalars[below(std::size(kScalars))];
        if (text.startsWith('&'))
            text.insert(7, QByteArray::number(++m_count));
        return text;
    }

    QByteArray keyText()
    {
        const QByteArray number = QByteArray::number(++m_count);
        return below(5) == 0 ? "\"key " + number + '"' : "key" + number;
    }

    QByteArray flow(int depth)
    {
        const std::size_t kind = depth > 1 ? 0 : below(3);
        if (kind == 0)
            return scalar();
        QByteArrayList parts;
        for (std::size_t i = below(4); i > 0; --i)
            parts.append(kind == 1 ? keyText() + ": " + flow(depth + 1) : flow(depth + 1));
        const QByteArray end = !parts.isEmpty() && below(4) == 0 ? "," : "";
        return kind == 1 ? '{' + parts.join(", ") + end + '}' : '[' + parts.join(", ") + end + ']';
    }

    void valueBehind(int column, const QByteArray &lead, int depth)
    {
        switch (depth > 2 ? below(3) : below(6)) {
        case 0:
        case 1:
            line(column, lead + ' ' + scalar());
            break;
        case 2:
            line(column, lead + ' ' + flow(0));
            break;
        case 3:
            m_text += QByteArray(column, ' ') + lead + (below(2) == 0 ? " |" : " >-") + m_lineBreak;
            m_text += QByteArray(column + m_step, ' ') + "some # text" + m_lineBreak + m_lineBreak;
            m_text += QByteArray(column + m_step, ' ') + "- more: of it" + m_lineBreak;
            break;
        case 4:
            line(column, lead);
            map(column + m_step, depth + 1);
            break;
        case 5:
            line(column, lead);
            list(column + m_listStep, depth + 1);
            break;
        }
    }

    void map(int column, int depth)
    {
        for (std::size_t i = below(3) + 1; i > 0; --i) {
            comments(column);
            valueBehind(column, keyText() + ':', depth);
        }
    }

    void list(int column, int depth)
    {
        for (std::size_t i = below(3) + 1; i > 0; --i) {
            comments(column);
            if (below(2) == 0) {
                line(column, "- " + flow(0));
            } else {
                line(column, "- " + keyText() + ": " + scalar());
                if (depth < 3)
                    map(column + 2, depth + 1);
            }
        }
    }

    QRandomGenerator m_random;
    int m_step;
    int m_listStep;
    QByteArray m_lineBreak;
    QByteArray m_text;
    int m_count = 0;
};

} // namespace lunargate::test
