// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_outline.h"

#include "gateway/config/scalar_text.h"
#include "gateway/config/yaml_model.h"
#include "gateway/config/yaml_reader.h"

namespace lunargate {

namespace {

/// What stands below that key; an empty node if nothing does.
const YamlNode &below(const YamlNode &node, const QByteArray &key)
{
    static const YamlNode none;
    const YamlNode *found = findYaml(node, {key});
    return found ? *found : none;
}

bool hasConditions(const YamlNode &match)
{
    const QByteArray path = below(match, "path").text;
    return (!path.isEmpty() && path != "*" && path != "/") || !below(match, "headers").entries.empty();
}

ConfigOutline::Route routeOf(const YamlNode &node)
{
    ConfigOutline::Route route{.name = below(node, "name").text, .hasConditions = hasConditions(below(node, "match"))};
    for (const YamlNode &item : below(node, "targets").items) {
        const auto weight = parseInteger(below(item, "weight").text);
        route.targets.push_back({.provider = below(item, "provider").text,
                                 .model = below(item, "model").text,
                                 .weight = static_cast<int>(weight.value_or(1))});
    }
    return route;
}

} // namespace

ConfigOutline readConfigOutline(QByteArrayView text)
{
    const YamlReading reading = readYaml(text, {});
    ConfigOutline outline;
    if (!reading.root)
        return outline;
    for (const YamlEntry &entry : below(*reading.root, "providers").entries) {
        const QByteArray type = below(entry.value, "type").text.toLower();
        outline.providers.push_back({.id = entry.key, .type = type.isEmpty() ? entry.key.toLower() : type});
    }
    for (const YamlNode &item : below(below(*reading.root, "routing"), "routes").items)
        outline.routes.push_back(routeOf(item));
    return outline;
}

} // namespace lunargate
