// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_node.h"

#include <QByteArrayView>

#include <yaml-cpp/mark.h>

#include <vector>

namespace lunargate {

/// Turns yaml-cpp's places, which count bytes from 0, into ours.
class YamlLines
{
public:
    explicit YamlLines(QByteArrayView text);

    YamlPosition position(const YAML::Mark &mark) const;

private:
    QByteArrayView m_text;
    std::vector<qsizetype> m_starts; ///< the offset of each line
};

} // namespace lunargate
