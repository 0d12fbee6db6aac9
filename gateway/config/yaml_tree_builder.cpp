// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_tree_builder.h"

#include <yaml-cpp/exceptions.h>

#include <algorithm>

namespace lunargate {

namespace {

// Aliases of aliases grow exponentially ("billion laughs"); no configuration comes near this.
constexpr size_t kMaxNodes = 50'000;

size_t countNodes(const YamlNode &node)
{
    size_t count = 1;
    for (const YamlNode &item : node.items)
        count += countNodes(item);
    for (const YamlEntry &entry : node.entries)
        count += countNodes(entry.value);
    return count;
}

} // namespace

YamlTreeBuilder::YamlTreeBuilder(const YamlLines &lines, const QByteArray &fileName,
                                 std::vector<ConfigProblem> &problems)
    : m_lines(lines), m_fileName(fileName), m_problems(problems)
{
}

void YamlTreeBuilder::OnDocumentStart(const YAML::Mark &mark)
{
    m_root.position = m_lines.position(mark);
}

void YamlTreeBuilder::OnNull(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    countNode(mark, 1);
    add({.kind = YamlNode::Kind::Null, .position = m_lines.position(mark), .text = {}, .items = {}, .entries = {}},
        anchor);
}

void YamlTreeBuilder::OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    const auto found = m_anchors.find(anchor);
    if (found == m_anchors.end())
        throw YAML::ParserException(mark, "an alias stands inside its own anchor");
    countNode(mark, countNodes(found->second));
    add(found->second, 0);
}

void YamlTreeBuilder::OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                               const std::string &value)
{
    countNode(mark, 1);
    add({.kind = YamlNode::Kind::Scalar,
         .position = m_lines.position(mark),
         .text = QByteArray::fromStdString(value),
         .items = {},
         .entries = {}},
        anchor, tag == "?");
}

void YamlTreeBuilder::OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor,
                                      YAML::EmitterStyle::value)
{
    openCollection(YamlNode::Kind::List, mark, anchor);
}

void YamlTreeBuilder::OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value)
{
    openCollection(YamlNode::Kind::Map, mark, anchor);
}

void YamlTreeBuilder::OnMapEnd()
{
    Frame &frame = m_open.back();
    if (frame.merge) {
        const YamlNode &source = frame.merge->value;
        if (source.kind == YamlNode::Kind::List)
            std::ranges::for_each(source.items, [&](const YamlNode &item) { merge(frame, item); });
        else
            merge(frame, source);
    }
    closeCollection();
}

void YamlTreeBuilder::openCollection(YamlNode::Kind kind, const YAML::Mark &mark, YAML::anchor_t anchor)
{
    countNode(mark, 1);
    Frame frame;
    frame.node.kind = kind;
    frame.node.position = m_lines.position(mark);
    frame.anchor = anchor;
    m_open.push_back(std::move(frame));
}

void YamlTreeBuilder::closeCollection()
{
    Frame frame = std::move(m_open.back());
    m_open.pop_back();
    add(std::move(frame.node), frame.anchor);
}

void YamlTreeBuilder::add(YamlNode node, YAML::anchor_t anchor, bool isPlain)
{
    if (anchor != 0)
        m_anchors[anchor] = node;
    if (m_open.empty()) {
        m_root = std::move(node);
        return;
    }
    Frame &frame = m_open.back();
    if (frame.node.kind == YamlNode::Kind::List) {
        frame.node.items.push_back(std::move(node));
    } else if (!frame.pending) {
        addKey(frame, node, isPlain && node.text == "<<");
    } else {
        addValue(frame, std::move(node));
    }
}

void YamlTreeBuilder::addKey(Frame &frame, const YamlNode &node, bool isMerge)
{
    const YamlEntry *first = nullptr;
    if (isMerge)
        first = frame.merge ? &*frame.merge : nullptr;
    else if (const auto found = std::ranges::find(frame.node.entries, node.text, &YamlEntry::key);
             found != frame.node.entries.end())
        first = &*found;

    frame.use = isMerge ? ValueUse::Merge : ValueUse::Entry;
    if (node.kind != YamlNode::Kind::Scalar) {
        report(node.position, path(), "this key is no text; write `key: value`");
        frame.use = ValueUse::None;
    } else if (first) {
        report(node.position, pathOfKey(path(), node.text),
               "this key stands here a second time, first in line " + QByteArray::number(first->position.line) +
                   "; remove one of them");
        frame.use = ValueUse::None;
    }
    frame.pending = YamlEntry{node.text, node.position, {}};
}

void YamlTreeBuilder::addValue(Frame &frame, YamlNode node)
{
    YamlEntry entry = *std::exchange(frame.pending, std::nullopt);
    entry.value = std::move(node);
    if (frame.use == ValueUse::Merge)
        frame.merge = std::move(entry);
    else if (frame.use == ValueUse::Entry)
        frame.node.entries.push_back(std::move(entry));
}

void YamlTreeBuilder::merge(Frame &frame, const YamlNode &source)
{
    if (source.kind != YamlNode::Kind::Map) {
        report(frame.merge->position, path(), "<< merges maps only; write `<<: *name` with the anchor of a map");
        return;
    }
    // What stands in the map itself wins, then the first of several merged maps (https://yaml.org/type/merge.html).
    for (const YamlEntry &entry : source.entries) {
        const auto isSame = [&](const YamlEntry &own) { return own.key.compare(entry.key, Qt::CaseInsensitive) == 0; };
        if (std::ranges::none_of(frame.node.entries, isSame))
            frame.node.entries.push_back(entry);
    }
}

void YamlTreeBuilder::countNode(const YAML::Mark &mark, size_t count)
{
    m_nodes += count;
    if (m_nodes > kMaxNodes)
        throw YAML::ParserException(mark, "the document is too large, or its aliases multiply");
}

void YamlTreeBuilder::report(YamlPosition position, const QByteArray &path, const QByteArray &message)
{
    m_problems.push_back({ConfigProblem::Severity::Error, m_fileName, position.line, position.column, path, message});
}

QByteArray YamlTreeBuilder::path() const
{
    QByteArray path;
    for (const Frame &frame : m_open) {
        if (frame.node.kind == YamlNode::Kind::List)
            path = pathOfItem(path, frame.node.items.size());
        else if (frame.pending)
            path = pathOfKey(path, frame.pending->key);
    }
    return path;
}

} // namespace lunargate
