// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_node.h"
#include "gateway/config/yaml_splice.h"

namespace lunargate {

/// What is to become of a document, whatever its text looks like.
struct YamlEdit
{
    enum class Kind {
        Set,    ///< there is that value at the path, whatever was there
        Insert, ///< the list at the path has one item more
    };

    YamlPath path;
    YamlValue value;
    Kind kind = Kind::Set;
    std::size_t index = 0; ///< of the item; past the end: the end
};

void applyYamlEdit(YamlNode &root, const YamlEdit &edit);

/// Nullptr if there is none.
const YamlNode *findYaml(const YamlNode &root, const YamlPath &path);

/// Whether both say the same; the order of keys and the places do not count.
bool isSameYaml(const YamlNode &one, const YamlNode &other);

/// `routing.routes[0]`; for people.
QByteArray nameOf(const YamlPath &path);

} // namespace lunargate
