// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/yaml_node.h"

#include <QByteArrayView>

#include <optional>
#include <vector>

namespace lunargate {

/// A parsed text: the first document in it (Null if there is none), unless its syntax is broken; and what is wrong.
struct YamlReading
{
    std::optional<YamlNode> root;
    std::vector<ConfigProblem> problems;
};

/// Parses YAML 1.2 or JSON in UTF-8. Resolves aliases and merge keys (`<<`); keys that stand twice in a map, keys that
/// are no text, and further documents become problems.
YamlReading readYaml(QByteArrayView text, const QByteArray &fileName);

} // namespace lunargate
