// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QStringView>

#include <optional>
#include <vector>

namespace lunargate::ui {

/// How an item of a list is called in a path of keys.
inline constexpr QLatin1StringView kListItem("[]");

/// A key of a YAML text with its value, or an item of a list. Places are offsets in the text.
struct YamlEntry
{
    QStringList path;       ///< from the outermost key to this one; items of lists are kListItem
    qsizetype key = 0;      ///< where the key begins; with items of lists there is none
    qsizetype keyEnd = 0;   ///< behind its last character
    qsizetype value = 0;    ///< where a value of one line begins
    qsizetype valueEnd = 0; ///< behind its last character; the same as `value`: it is none of one line
};

/// A path as the gateway's reader writes it, such as routing.routes[].name.
QString pathText(const QStringList &path);

/// What is written at some place of a YAML text.
struct YamlPlace
{
    QStringList path;     ///< of the map whose keys can stand here, or with `isValue` of the value
    QString partial;      ///< what was written of it so far
    bool isValue = false; ///< behind `key:`

    bool operator==(const YamlPlace &) const = default;
};

// Both read what is being written, too, and so take much that is no YAML. Any thread.

/// All keys and items in their order, in block and in flow style.
std::vector<YamlEntry> yamlEntries(QStringView text);

/// What would be written at the end of `text`; nothing in comments, quotes and block scalars.
std::optional<YamlPlace> yamlPlaceAfter(QStringView text);

} // namespace lunargate::ui
