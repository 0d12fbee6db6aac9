// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <expected>
#include <vector>

namespace lunargate {

struct YamlSpanEntry;

/// A value of a YAML text with the bytes that it takes up. Nothing is resolved: an alias is a value of its own, and so
/// is what `<<` stands before.
struct YamlSpan
{
    enum class Kind { Null, Scalar, List, Map, Alias };

    /// Whether nothing at all is written for it, as behind `key:`.
    bool isImplicit() const { return begin == end; }

    Kind kind = Kind::Null;
    bool isFlow = false;    ///< of a list or map: in brackets
    std::size_t anchor = 0; ///< the number of its anchor, or of the one that an alias means; 0: none
    QByteArray text = {};   ///< of a scalar, without quotes and escapes
    qsizetype start = 0;    ///< its first byte, anchor and tag included
    qsizetype begin = 0;    ///< its first byte, behind anchor and tag; of a block the first dash or key
    qsizetype end = 0;      ///< behind its last byte, comments and line ends not included
    std::vector<YamlSpan> items;
    std::vector<qsizetype> dashes = {}; ///< of a block list: where they stand
    std::vector<YamlSpanEntry> entries;
};

/// One `key: value` of a map.
struct YamlSpanEntry
{
    /// Behind its last byte.
    qsizetype end() const { return value.end; }

    qsizetype begin = 0; ///< with the key's anchor and tag, or the question mark before it
    YamlSpan key;
    bool hasColon = false; ///< without, the value is null
    YamlSpan value;
};

/// The places of all values of the text's first document; Null where one could begin, if there is none. Fails with the
/// offset of what it cannot follow. The text is known to be good YAML (see readYaml()).
std::expected<YamlSpan, qsizetype> readYamlSpans(QByteArrayView text);

/// Where the next byte stands, from `at` on, that is neither white space nor in a comment.
qsizetype skipYamlBlanks(QByteArrayView text, qsizetype at);

} // namespace lunargate
