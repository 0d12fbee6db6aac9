// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/text_difference.h"

#include <QHash>

#include <algorithm>
#include <optional>

namespace lunargate::ui {

namespace {

// Work and memory grow with its square, and with it times the texts' length.
constexpr int kMostEdits = 1000;

using Tokens = std::vector<QStringView>;
using Flags = std::vector<bool>; // of each token: is it changed?

bool isWordPart(QChar c)
{
    return c.isLetterOrNumber() || c == u'_' || c.isSurrogate() || c.isMark();
}

/// Words, single signs, and the white space between them.
Tokens wordsOf(QStringView text)
{
    Tokens tokens;
    for (qsizetype begin = 0; begin < text.size();) {
        qsizetype end = begin + 1;
        if (isWordPart(text[begin])) {
            while (end < text.size() && isWordPart(text[end]))
                ++end;
        } else if (text[begin].isSpace()) {
            while (end < text.size() && text[end].isSpace())
                ++end;
        }
        tokens.push_back(text.sliced(begin, end - begin));
        begin = end;
    }
    return tokens;
}

Tokens linesOf(QStringView text)
{
    Tokens tokens;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf(u'\n');
        const qsizetype size = end < 0 ? text.size() : end + 1;
        tokens.push_back(text.first(size));
        text = text.sliced(size);
    }
    return tokens;
}

/// The shortest way from one list to the other, as E. W. Myers finds it ("An O(ND) Difference Algorithm and Its
/// Variations", 1986), of what stands between equal beginnings and ends.
class Comparison
{
public:
    Comparison(const Tokens &left, const Tokens &right)
        : leftChanged(left.size(), true), rightChanged(right.size(), true)
    {
        QHash<QStringView, int> numbers;
        const auto numbered = [&numbers](const Tokens &tokens) {
            std::vector<int> result;
            result.reserve(tokens.size());
            for (const QStringView token : tokens) {
                auto number = numbers.constFind(token);
                if (number == numbers.cend())
                    number = numbers.insert(token, static_cast<int>(numbers.size()));
                result.push_back(*number);
            }
            return result;
        };
        m_left = numbered(left);
        m_right = numbered(right);
        trim();
    }

    /// False if that would take too many steps; then only beginning and end are known to be equal.
    bool run()
    {
        for (int edits = 0; edits <= kMostEdits; ++edits) {
            std::vector<int> reached = furthest(edits);
            const bool isThere = m_isThere;
            m_steps.push_back(std::move(reached));
            if (isThere) {
                walkBack(edits);
                return true;
            }
        }
        return false;
    }

    Flags leftChanged;
    Flags rightChanged;

private:
    void trim()
    {
        const auto equal = [this](int left, int right) {
            return m_left[static_cast<size_t>(left)] == m_right[static_cast<size_t>(right)];
        };
        m_leftEnd = static_cast<int>(m_left.size());
        m_rightEnd = static_cast<int>(m_right.size());
        while (m_begin < m_leftEnd && m_begin < m_rightEnd && equal(m_begin, m_begin)) {
            keep(m_begin, m_begin);
            ++m_begin;
        }
        while (m_leftEnd > m_begin && m_rightEnd > m_begin && equal(m_leftEnd - 1, m_rightEnd - 1))
            keep(--m_leftEnd, --m_rightEnd);
    }

    void keep(int left, int right)
    {
        leftChanged[static_cast<size_t>(left)] = false;
        rightChanged[static_cast<size_t>(right)] = false;
    }

    /// Whether `diagonal` (left minus right) is come to by adding a token of the right side.
    bool comesDown(int diagonal, int edits, const std::vector<int> &before) const
    {
        return diagonal == -edits ||
               (diagonal != edits && at(before, diagonal - 1, edits - 1) < at(before, diagonal + 1, edits - 1));
    }

    static int at(const std::vector<int> &reached, int diagonal, int edits)
    {
        return reached[static_cast<size_t>(diagonal + edits)];
    }

    /// How far on the left one gets on each diagonal from -edits to edits.
    std::vector<int> furthest(int edits)
    {
        std::vector<int> reached(static_cast<size_t>(2 * edits + 1));
        for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
            int left = 0;
            if (edits > 0) {
                const std::vector<int> &before = m_steps.back();
                left = comesDown(diagonal, edits, before) ? at(before, diagonal + 1, edits - 1)
                                                          : at(before, diagonal - 1, edits - 1) + 1;
            }
            while (isEqual(left, left - diagonal))
                ++left;
            reached[static_cast<size_t>(diagonal + edits)] = left;
            m_isThere = m_isThere || (left >= m_leftEnd - m_begin && left - diagonal >= m_rightEnd - m_begin);
        }
        return reached;
    }

    bool isEqual(int left, int right) const
    {
        return left < m_leftEnd - m_begin && right < m_rightEnd - m_begin && left >= 0 && right >= 0 &&
               m_left[static_cast<size_t>(m_begin + left)] == m_right[static_cast<size_t>(m_begin + right)];
    }

    void walkBack(int edits)
    {
        int left = m_leftEnd - m_begin;
        int right = m_rightEnd - m_begin;
        for (; edits >= 0; --edits) {
            int from = 0; // on the left, behind the edit
            int next = 0;
            bool isDown = false;
            if (edits > 0) {
                const std::vector<int> &before = m_steps[static_cast<size_t>(edits - 1)];
                const int diagonal = left - right;
                isDown = comesDown(diagonal, edits, before);
                next = at(before, isDown ? diagonal + 1 : diagonal - 1, edits - 1);
                from = isDown ? next : next + 1;
            }
            while (left > from) {
                --left;
                --right;
                keep(m_begin + left, m_begin + right);
            }
            if (edits > 0) {
                right = isDown ? right - 1 : right;
                left = next;
            }
        }
    }

    std::vector<int> m_left;
    std::vector<int> m_right;
    int m_begin = 0; // what stands before is equal
    int m_leftEnd = 0;
    int m_rightEnd = 0;
    std::vector<std::vector<int>> m_steps; // by edits
    bool m_isThere = false;
};

std::vector<DifferencePiece> piecesOf(const Tokens &tokens, const Flags &changed)
{
    std::vector<DifferencePiece> pieces;
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (pieces.empty() || pieces.back().isChanged != changed[i])
            pieces.push_back({.text = {}, .isChanged = changed[i]});
        pieces.back().text += tokens[i];
    }
    return pieces;
}

/// Runs through both sides at once: equal pieces come in the same order.
int changesOf(const Flags &left, const Flags &right)
{
    int changes = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < left.size() || j < right.size()) {
        const bool isChange = (i < left.size() && left[i]) || (j < right.size() && right[j]);
        changes += isChange ? 1 : 0;
        while (i < left.size() && left[i])
            ++i;
        while (j < right.size() && right[j])
            ++j;
        while (i < left.size() && j < right.size() && !left[i] && !right[j]) {
            ++i;
            ++j;
        }
    }
    return changes;
}

std::optional<TextDifference> compared(const Tokens &left, const Tokens &right, bool isLastWay)
{
    Comparison comparison(left, right);
    if (!comparison.run() && !isLastWay)
        return std::nullopt;
    return TextDifference{.left = piecesOf(left, comparison.leftChanged),
                          .right = piecesOf(right, comparison.rightChanged),
                          .changes = changesOf(comparison.leftChanged, comparison.rightChanged)};
}

} // namespace

TextDifference difference(const QString &left, const QString &right)
{
    if (std::optional<TextDifference> byWords = compared(wordsOf(left), wordsOf(right), false))
        return *std::move(byWords);
    return *compared(linesOf(left), linesOf(right), true);
}

} // namespace lunargate::ui
