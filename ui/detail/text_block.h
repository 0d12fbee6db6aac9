// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace lunargate::ui {

/// A piece of a text sheet. Whatever a model or client wrote is shown letter by letter and never read as HTML.
struct TextBlock
{
    enum class Kind {
        Heading,
        Body,
        Code,
        Note, ///< the program's own words between others'
    };

    Kind kind = Kind::Body;
    QString text;

    bool operator==(const TextBlock &) const = default;
};
using TextBlocks = std::vector<TextBlock>;

} // namespace lunargate::ui
