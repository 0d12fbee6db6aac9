// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace lunargate::ui {

/// A part of one of two texts.
struct DifferencePiece
{
    QString text;
    bool isChanged = false; ///< the other text does not have it there

    bool operator==(const DifferencePiece &) const = default;
};

/// Two texts, each in pieces that follow one another.
struct TextDifference
{
    std::vector<DifferencePiece> left;
    std::vector<DifferencePiece> right;
    int changes = 0; ///< places where they differ
};

/// Finds what two texts have in common, word by word; line by line where there is too little of it, and where that is
/// too little as well, only how they begin and end. Takes some ten milliseconds at most, whatever the texts are.
TextDifference difference(const QString &left, const QString &right);

} // namespace lunargate::ui
