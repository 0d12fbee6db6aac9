// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <vector>

namespace lunargate::ui {

/// Something to know of the configuration's text, with its place. Never holds a secret.
struct Finding
{
    enum class Kind { Error, Warning, Hint };

    Kind kind = Kind::Error;
    int line = 0;      ///< 1-based; 0: it has no line in the text
    int column = 0;    ///< 1-based, in characters (code points)
    QString file = {}; ///< another one that it is in, such as a `.env`; empty: the configuration
    QString path = {}; ///< such as providers.openai.type; may be empty
    QString message = {};

    bool operator==(const Finding &) const = default;
};

} // namespace lunargate::ui
