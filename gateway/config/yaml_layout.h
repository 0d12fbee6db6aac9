// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_span.h"
#include "gateway/config/yaml_value.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

/// The lines of a YAML text, by byte offsets.
class YamlLayout
{
public:
    explicit YamlLayout(QByteArrayView text) : m_text(text) {}

    QByteArrayView text() const { return m_text; }

    /// Where the line of `at` begins, behind a byte order mark.
    qsizetype lineStart(qsizetype at) const;
    /// Where its line end begins.
    qsizetype lineEnd(qsizetype at) const;
    /// Where the next line begins, or the text's end.
    qsizetype nextLine(qsizetype at) const;
    qsizetype columnOf(qsizetype at) const { return at - lineStart(at); }
    /// `\n` or `\r\n`, as the line before has it.
    QByteArray lineBreakAt(qsizetype at) const;

    /// Whether nothing but spaces stands before it on its line.
    bool startsLine(qsizetype at) const;
    /// Whether nothing but a comment follows on the line.
    bool endsLine(qsizetype at) const;
    bool hasBlankLine(qsizetype begin, qsizetype end) const;
    /// From a line's start past the comments that are indented more than `column`.
    qsizetype skipDeeperComments(qsizetype line, qsizetype column) const;
    /// From a line's start up past the comments directly above.
    qsizetype includeComments(qsizetype line) const;

private:
    QByteArrayView m_text;
};

/// How `node` is indented, and where it does not say so, all of the document.
YamlIndents indentsOf(const YamlLayout &layout, const YamlSpan &root, const YamlSpan &node);

} // namespace lunargate
