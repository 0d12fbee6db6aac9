// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

namespace lunargate::json {

/// White space between the tokens of JSON (RFC 8259 section 2).
inline bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// Where a value stands in its text: [begin, end).
struct Range
{
    qsizetype begin = 0;
    qsizetype end = 0;

    QByteArrayView of(QByteArrayView text) const { return text.sliced(begin, end - begin); }
};

/// One member of an object, by position.
struct Member
{
    QByteArray key; ///< unescaped
    Range value;
    Range whole; ///< from the key's quote to the end of the value
};

/// The members of the object at `range`, in order, without looking into their values. `text` must be valid JSON (see
/// Document::parse); for other text the result makes no sense, but nothing is read outside of it.
std::vector<Member> membersOf(QByteArrayView text, Range range);
/// The elements of the array at `range`, likewise.
std::vector<Range> elementsOf(QByteArrayView text, Range range);

/// The whole text without surrounding white space.
Range wholeValue(QByteArrayView text);

/// Whether arrays and objects are nested deeper than `limit` anywhere.
bool isDeeperThan(QByteArrayView text, int limit);

/// The last member of that name (which is the one that most parsers use), or nullptr.
const Member *find(const std::vector<Member> &members, QByteArrayView key);

} // namespace lunargate::json
