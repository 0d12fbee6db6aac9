// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_edits.h"

namespace lunargate {

namespace {

using Entries = std::vector<YamlValueEntry>;

void addText(Entries &entries, const char *key, const QByteArray &text)
{
    if (!text.isEmpty())
        entries.push_back({key, YamlValue::ofText(text)});
}

YamlValue targetsValue(const std::vector<NewTarget> &targets)
{
    std::vector<YamlValue> items;
    for (const NewTarget &target : targets) {
        Entries entries;
        addText(entries, "provider", target.provider);
        addText(entries, "model", target.model);
        if (target.weight)
            entries.push_back({"weight", YamlValue::ofNumber(*target.weight)});
        items.push_back(YamlValue::ofMap(std::move(entries)));
    }
    return YamlValue::ofList(std::move(items));
}

YamlValue matchValue(const NewRoute &route)
{
    Entries headers;
    addText(headers, "x-lunargate-model", route.model);
    if (!route.header.isEmpty())
        headers.push_back({route.header, YamlValue::ofText(route.headerValue)});
    Entries match;
    addText(match, "path", route.path);
    if (!headers.empty())
        match.push_back({"headers", YamlValue::ofMap(std::move(headers))});
    return YamlValue::ofMap(std::move(match));
}

} // namespace

YamlSpliced addProvider(QByteArrayView text, const NewProvider &provider)
{
    Entries entries;
    if (provider.type != provider.id)
        addText(entries, "type", provider.type);
    addText(entries, "base_url", provider.baseUrl);
    addText(entries, "api_key", provider.key);
    addText(entries, "default_model", provider.model);
    return spliceEntry(text, {QByteArrayLiteral("providers"), provider.id}, YamlValue::ofMap(std::move(entries)));
}

YamlSpliced addRoute(QByteArrayView text, const NewRoute &route, std::size_t index)
{
    Entries entries;
    addText(entries, "name", route.name);
    if (YamlValue match = matchValue(route); !match.isEmpty())
        entries.push_back({"match", std::move(match)});
    entries.push_back({"targets", targetsValue(route.targets)});
    if (!route.fallback.empty())
        entries.push_back({"fallback", targetsValue(route.fallback)});
    return spliceItem(text, {QByteArrayLiteral("routing"), QByteArrayLiteral("routes")}, index,
                      YamlValue::ofMap(std::move(entries)));
}

YamlSpliced changeWeights(QByteArrayView text, std::size_t route, const std::vector<std::optional<int>> &weights)
{
    YamlSpliced changed = text.toByteArray();
    for (std::size_t target = 0; target < weights.size() && changed; ++target) {
        if (!weights[target])
            continue;
        const YamlPath path{
            QByteArrayLiteral("routing"), QByteArrayLiteral("routes"), route, QByteArrayLiteral("targets"), target,
            QByteArrayLiteral("weight")};
        changed = spliceScalar(*changed, path, YamlValue::ofNumber(*weights[target]));
    }
    return changed;
}

} // namespace lunargate
