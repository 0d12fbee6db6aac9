// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_model.h"

#include "gateway/config/config_problem.h"

#include <algorithm>

namespace lunargate {

namespace {

YamlNode nodeOf(const YamlValue &value)
{
    YamlNode node;
    switch (value.kind) {
    case YamlValue::Kind::Text:
    case YamlValue::Kind::Number:
        node.kind = YamlNode::Kind::Scalar;
        node.text = value.text;
        break;
    case YamlValue::Kind::List:
        node.kind = YamlNode::Kind::List;
        for (const YamlValue &item : value.items)
            node.items.push_back(nodeOf(item));
        break;
    case YamlValue::Kind::Map:
        node.kind = YamlNode::Kind::Map;
        for (const YamlValueEntry &entry : value.entries)
            node.entries.push_back({.key = entry.key, .position = {}, .value = nodeOf(entry.value)});
        break;
    }
    return node;
}

/// As the text's own spelling comes first, so that twins that differ in case only are told apart.
template <typename Entries>
auto findKey(Entries &entries, const QByteArray &key)
{
    const auto exact = std::ranges::find(entries, key, &YamlEntry::key);
    return exact != entries.end() ? exact : std::ranges::find_if(entries, [&](const YamlEntry &entry) {
        return entry.key.compare(key, Qt::CaseInsensitive) == 0;
    });
}

/// What a step leads to; it is made if it is missing.
YamlNode &reach(YamlNode &node, const YamlPath::value_type &step)
{
    if (const auto *index = std::get_if<std::size_t>(&step))
        return node.items[*index];
    const auto &key = std::get<QByteArray>(step);
    node.kind = YamlNode::Kind::Map;
    if (const auto found = findKey(node.entries, key); found != node.entries.end())
        return found->value;
    return node.entries.emplace_back(YamlEntry{.key = key, .position = {}, .value = {}}).value;
}

} // namespace

void applyYamlEdit(YamlNode &root, const YamlEdit &edit)
{
    YamlNode *node = &root;
    for (const auto &step : edit.path)
        node = &reach(*node, step);
    if (edit.kind == YamlEdit::Kind::Set) {
        *node = nodeOf(edit.value);
        return;
    }
    node->kind = YamlNode::Kind::List;
    const std::size_t index = std::min(edit.index, node->items.size());
    node->items.insert(node->items.begin() + static_cast<std::ptrdiff_t>(index), nodeOf(edit.value));
}

const YamlNode *findYaml(const YamlNode &root, const YamlPath &path)
{
    const YamlNode *node = &root;
    for (const auto &step : path) {
        if (const auto *index = std::get_if<std::size_t>(&step)) {
            if (*index >= node->items.size())
                return nullptr;
            node = &node->items[*index];
            continue;
        }
        const auto found = findKey(node->entries, std::get<QByteArray>(step));
        if (found == node->entries.end())
            return nullptr;
        node = &found->value;
    }
    return node;
}

bool isSameYaml(const YamlNode &one, const YamlNode &other)
{
    if (one.kind != other.kind || one.text != other.text || one.items.size() != other.items.size() ||
        one.entries.size() != other.entries.size())
        return false;
    const auto hasSame = [&other](const YamlEntry &entry) {
        const auto found = std::ranges::find(other.entries, entry.key, &YamlEntry::key);
        return found != other.entries.end() && isSameYaml(entry.value, found->value);
    };
    return std::ranges::equal(one.items, other.items, isSameYaml) && std::ranges::all_of(one.entries, hasSame);
}

QByteArray nameOf(const YamlPath &path)
{
    QByteArray name;
    for (const auto &step : path) {
        if (const auto *index = std::get_if<std::size_t>(&step))
            name = pathOfItem(name, *index);
        else
            name = pathOfKey(name, std::get<QByteArray>(step));
    }
    return name.isEmpty() ? QByteArrayLiteral("the document") : name;
}

} // namespace lunargate
