// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <array>
#include <span>
#include <vector>

namespace lunargate {

/// Which groups of keywords occur in a text, in one pass however many keywords there are: an Aho-Corasick automaton
/// with a transition for every byte. Immutable: any thread may use it.
class KeywordMatcher
{
public:
    static constexpr unsigned kMostGroups = 16;

    /// `text`: lower case, not empty. `group`: below kMostGroups.
    struct Keyword
    {
        unsigned group = 0;
        QByteArrayView text;
    };

    /// The texts must outlive the matcher. All of them together must be shorter than 1000 bytes.
    explicit KeywordMatcher(std::span<const Keyword> keywords);

private:
    friend class KeywordScan;

    unsigned columnOf(char byte) const { return m_columns[static_cast<unsigned char>(byte)]; }

    /// The column of each byte in a row of the table, capitals in that of their small letters; never 0.
    std::array<quint8, 256> m_columns{};
    /// A row a state. In column 0 is the set of groups of which a keyword ends there, in the others where the next
    /// row begins.
    std::vector<quint16> m_table;
    /// The keywords that end in a state, by state.
    std::vector<std::vector<Keyword>> m_endings;
    unsigned m_rowSize = 0;
};

/// A text that is looked through piece by piece: a keyword may begin in one piece and end in another one. The text
/// counts in lower case.
class KeywordScan
{
public:
    /// Looks for the groups below `groups`.
    KeywordScan(const KeywordMatcher &matcher, unsigned groups);

    /// `piece`: UTF-8, no character cut in two.
    void read(QByteArrayView piece);

    /// The keyword of that group that ended first; empty: none occurred so far.
    QByteArrayView found(unsigned group) const { return m_found[group]; }

private:
    void note(unsigned row, unsigned groups);

    const KeywordMatcher &m_matcher;
    unsigned m_missing;
    unsigned m_row = 0;
    std::array<QByteArrayView, KeywordMatcher::kMostGroups> m_found{};
};

} // namespace lunargate
