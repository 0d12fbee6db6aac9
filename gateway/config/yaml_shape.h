// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_span.h"

#include <optional>

namespace lunargate {

/// What the text's first document is made of, with nothing said about where it stands; Null if there is none, and
/// nothing if it is no YAML.
std::optional<YamlSpan> readYamlShape(QByteArrayView text);

} // namespace lunargate
