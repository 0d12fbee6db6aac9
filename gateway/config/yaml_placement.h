// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_span.h"
#include "gateway/config/yaml_value.h"

#include <QByteArray>
#include <QByteArrayView>

#include <expected>
#include <optional>
#include <variant>
#include <vector>

namespace lunargate {

/// A value, and what it hangs on.
struct YamlHolder
{
    enum class By { Document, Key, Dash };

    const YamlSpan *node = nullptr;
    By by = By::Document;
    qsizetype column = -1; ///< of the key or dash, from 0
    bool isInFlow = false; ///< inside brackets
    bool hasColon = true;  ///< behind the key
};

/// `begin` to `end` of a text are to be replaced.
struct YamlChange
{
    qsizetype begin = 0;
    qsizetype end = 0;
    QByteArray text;
};

/// Why nothing can be written, and where.
struct YamlMisplacement
{
    qsizetype at = 0;
    QByteArray reason;
};

/// Changes in the order of the text.
using YamlPlacement = std::expected<std::vector<YamlChange>, YamlMisplacement>;

// Where something new stands in a text, and what it looks like there. `root`: all of the text, for how it is indented.

/// What a key or an index leads to; nothing if there is none.
std::optional<YamlHolder> stepInto(QByteArrayView text, const YamlHolder &holder,
                                   const std::variant<QByteArray, std::size_t> &step);

/// In place of a single value, or of none.
YamlPlacement placeScalar(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder, const YamlValue &scalar);

/// `value`, a map or list with something in it, in place of nothing or of empty brackets.
YamlPlacement placeFirst(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder, const YamlValue &value);

/// At the end of a map.
YamlPlacement placeEntry(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder,
                         const YamlValueEntry &entry);

/// In a list before the item with that index, or at its end.
YamlPlacement placeItem(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder, std::size_t index,
                        const YamlValue &item);

} // namespace lunargate
