// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lunargate {

/// Where something stands in a file: 1-based, columns in characters. 0 means unknown.
struct YamlPosition
{
    int line = 0;
    int column = 0;
};

struct YamlEntry;

/// A value of a YAML or JSON document, with aliases and merge keys resolved and nothing converted yet.
struct YamlNode
{
    enum class Kind { Null, Scalar, List, Map };

    Kind kind = Kind::Null;
    YamlPosition position;
    QByteArray text; ///< of a scalar, as it was written but for quotes and escapes
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries; ///< in file order, keys unique
};

/// One `key: value` of a map.
struct YamlEntry
{
    QByteArray key;
    YamlPosition position;
    YamlNode value;
};

} // namespace lunargate
