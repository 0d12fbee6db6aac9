// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace lunargate::ui {

/// A line of the comparison of two texts.
struct DiffLine
{
    enum class Kind { Same, Removed, Added };

    Kind kind = Kind::Same;
    int before = 0; ///< 1-based number in the first text; 0 with Added
    int after = 0;  ///< in the second one; 0 with Removed
    QString text = {};

    bool operator==(const DiffLine &) const = default;
};

/// The lines of two texts, next to each other. The shortest way from one to the other (Myers 1986), unless they differ
/// in more than some thousand lines: then what lies between the first and the last difference is told as replaced.
/// A last line without an end counts as one that has it. Any thread.
std::vector<DiffLine> lineDiff(const QString &before, const QString &after);

/// Some lines of a comparison that belong together.
struct DiffHunk
{
    qsizetype skipped = 0; ///< equal lines before it that are left out
    std::vector<DiffLine> lines;
};

/// The differences with up to `context` equal lines around them.
std::vector<DiffHunk> hunksOf(const std::vector<DiffLine> &lines, qsizetype context = 3);

} // namespace lunargate::ui
