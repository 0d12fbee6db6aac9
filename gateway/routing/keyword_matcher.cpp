// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/keyword_matcher.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace lunargate {

namespace {

// Two characters that are no ASCII become ASCII in lower case (Unicode's UnicodeData.txt): İ and the Kelvin sign.
constexpr QByteArrayView kDottedCapitalI = "\xC4\xB0";
constexpr QByteArrayView kKelvinSign = "\xE2\x84\xAA";

struct Trie
{
    explicit Trie(unsigned columns) : columnCount(columns) { addNode(); }

    unsigned addNode()
    {
        next.resize(next.size() + columnCount, 0);
        endings.emplace_back();
        return static_cast<unsigned>(endings.size() - 1);
    }
    unsigned &at(unsigned node, unsigned column) { return next[node * columnCount + column]; }

    unsigned columnCount;
    std::vector<unsigned> next; ///< 0: nowhere yet, or back to the root
    std::vector<std::vector<KeywordMatcher::Keyword>> endings;
};

/// Lets every node go on for every byte: where no keyword goes on, one may that began later.
void complete(Trie &trie)
{
    std::vector<unsigned> longestSuffix(trie.endings.size(), 0);
    std::vector<unsigned> queue; // shorter ones first
    for (unsigned column = 1; column < trie.columnCount; ++column) {
        if (const unsigned child = trie.at(0, column))
            queue.push_back(child);
    }
    for (std::size_t done = 0; done < queue.size(); ++done) {
        const unsigned node = queue[done];
        const unsigned suffix = longestSuffix[node];
        std::ranges::copy(trie.endings[suffix], std::back_inserter(trie.endings[node]));
        for (unsigned column = 1; column < trie.columnCount; ++column) {
            unsigned &child = trie.at(node, column);
            const unsigned later = trie.at(suffix, column);
            if (child == 0) {
                child = later;
            } else {
                longestSuffix[child] = later;
                queue.push_back(child);
            }
        }
    }
}

} // namespace

KeywordMatcher::KeywordMatcher(std::span<const Keyword> keywords)
{
    constexpr quint8 kAnyOther = 1;
    m_columns.fill(kAnyOther);
    unsigned columns = kAnyOther + 1;
    for (const Keyword &keyword : keywords) {
        for (const char byte : keyword.text) {
            if (columnOf(byte) == kAnyOther)
                m_columns[static_cast<unsigned char>(byte)] = static_cast<quint8>(columns++);
        }
    }
    for (unsigned char capital = 'A'; capital <= 'Z'; ++capital)
        m_columns[capital] = m_columns[capital - 'A' + 'a'];

    Trie trie(columns);
    for (const Keyword &keyword : keywords) {
        unsigned node = 0;
        for (const char byte : keyword.text) {
            if (trie.at(node, columnOf(byte)) == 0) {
                const unsigned child = trie.addNode();
                trie.at(node, columnOf(byte)) = child;
            }
            node = trie.at(node, columnOf(byte));
        }
        trie.endings[node].push_back(keyword);
    }
    complete(trie);

    m_rowSize = columns;
    m_endings = std::move(trie.endings);
    Q_ASSERT(m_endings.size() * m_rowSize <= std::numeric_limits<quint16>::max());
    m_table.assign(m_endings.size() * m_rowSize, 0);
    for (unsigned node = 0; node < m_endings.size(); ++node) {
        quint16 *row = m_table.data() + node * m_rowSize;
        for (const Keyword &keyword : m_endings[node])
            row[0] = static_cast<quint16>(row[0] | (1U << keyword.group));
        for (unsigned column = 1; column < m_rowSize; ++column)
            row[column] = static_cast<quint16>(trie.at(node, column) * m_rowSize);
    }
}

KeywordScan::KeywordScan(const KeywordMatcher &matcher, unsigned groups)
    : m_matcher(matcher), m_missing((1U << groups) - 1)
{
}

void KeywordScan::read(QByteArrayView piece)
{
    const quint16 *const table = m_matcher.m_table.data();
    const char *const end = piece.end();
    unsigned row = m_row;
    unsigned missing = m_missing;
    for (const char *at = piece.begin(); at != end && missing != 0; ++at) {
        unsigned column = m_matcher.columnOf(*at);
        if (*at == kDottedCapitalI.front() || *at == kKelvinSign.front()) [[unlikely]] {
            const QByteArrayView rest(at, end);
            if (rest.startsWith(kDottedCapitalI)) {
                column = m_matcher.columnOf('i');
                at += kDottedCapitalI.size() - 1;
            } else if (rest.startsWith(kKelvinSign)) {
                column = m_matcher.columnOf('k');
                at += kKelvinSign.size() - 1;
            }
        }
        row = table[row + column];
        if (const unsigned groups = table[row] & missing; groups != 0) [[unlikely]] {
            note(row, groups);
            missing &= ~groups;
        }
    }
    m_row = row;
    m_missing = missing;
}

void KeywordScan::note(unsigned row, unsigned groups)
{
    for (const KeywordMatcher::Keyword &keyword : m_matcher.m_endings[row / m_matcher.m_rowSize]) {
        if ((groups >> keyword.group & 1U) != 0 && m_found[keyword.group].isEmpty())
            m_found[keyword.group] = keyword.text;
    }
}

} // namespace lunargate
