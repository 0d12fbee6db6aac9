// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_placement.h"

#include "gateway/config/yaml_layout.h"

#include <algorithm>

namespace lunargate {

namespace {

using Kind = YamlSpan::Kind;
using By = YamlHolder::By;

std::unexpected<YamlMisplacement> misplaced(qsizetype at, const char *reason)
{
    return std::unexpected(YamlMisplacement{at, reason});
}

/// Where an item or entry stands.
struct Child
{
    qsizetype begin = 0;
    qsizetype end = 0;
};

std::vector<Child> childrenOf(const YamlSpan &node)
{
    std::vector<Child> children;
    children.reserve(node.items.size() + node.entries.size());
    for (std::size_t i = 0; i < node.items.size(); ++i)
        children.push_back({node.isFlow ? node.items[i].start : node.dashes[i], node.items[i].end});
    for (const YamlSpanEntry &entry : node.entries)
        children.push_back({entry.begin, entry.end()});
    return children;
}

/// Whether keys are written in double quotes, as JSON has them.
bool isJson(QByteArrayView text, const YamlSpan &node)
{
    if (!node.entries.empty())
        return node.isFlow && text[node.entries.front().key.begin] == '"';
    return std::ranges::any_of(node.items, [text](const YamlSpan &item) { return isJson(text, item); });
}

/// What may be written in brackets is, where its neighbour is.
bool isFlowLike(const YamlValue &value, const YamlSpan &neighbour)
{
    const bool isSameKind = value.kind == YamlValue::Kind::Map
                                ? neighbour.kind == Kind::Map && !neighbour.entries.empty()
                                : neighbour.kind == Kind::List && !neighbour.items.empty();
    return !value.isScalar() && isSameKind && neighbour.isFlow;
}

/// Whole lines between those that are there.
YamlChange newLines(const YamlLayout &layout, qsizetype at, const QByteArrayList &lines)
{
    const QByteArray lineBreak = layout.lineBreakAt(at);
    const bool isBehindOpenLine = at > 0 && layout.lineStart(at) != at;
    const QByteArray joined = lines.join(lineBreak);
    return {at, at, isBehindOpenLine ? lineBreak + joined : joined + lineBreak};
}

YamlPlacement placeInFlow(const YamlLayout &layout, const YamlSpan &node, std::size_t index, const QByteArray &written)
{
    const QByteArrayView text = layout.text();
    if (text[node.begin] != '[' && text[node.begin] != '{')
        return misplaced(node.begin, "a pair without braces of its own has no room for more");
    const std::vector<Child> children = childrenOf(node);
    const Child &neighbour = children[std::min(index, children.size() - 1)];
    const qsizetype lineStart = layout.lineStart(neighbour.begin);
    const QByteArray indentation = text.sliced(lineStart, neighbour.begin - lineStart).toByteArray();
    const QByteArray lineBreak = layout.lineBreakAt(neighbour.begin);
    const bool hasOwnLine = layout.startsLine(neighbour.begin);
    if (index < children.size()) {
        const QByteArray gap = hasOwnLine ? ',' + lineBreak + indentation : QByteArrayLiteral(", ");
        return std::vector{YamlChange{neighbour.begin, neighbour.begin, written + gap}};
    }
    const qsizetype comma = skipYamlBlanks(text, neighbour.end);
    const bool hasComma = text[comma] == ',';
    const qsizetype behind = hasComma ? comma + 1 : neighbour.end;
    const QByteArray end = hasComma ? "," : "";
    if (!hasOwnLine || !layout.endsLine(behind))
        return std::vector{YamlChange{behind, behind, (hasComma ? " " : ", ") + written + end}};
    std::vector<YamlChange> changes;
    if (!hasComma)
        changes.push_back({behind, behind, ","});
    const qsizetype lineEnd = layout.lineEnd(behind);
    changes.push_back({lineEnd, lineEnd, lineBreak + indentation + written + end});
    return changes;
}

/// Where the line behind a child is, and the comments that belong to it.
std::expected<qsizetype, YamlMisplacement> lineBehind(const YamlLayout &layout, qsizetype end, qsizetype column)
{
    if (!layout.endsLine(end))
        return misplaced(end, "more follows on the same line");
    return layout.skipDeeperComments(layout.nextLine(end), column);
}

/// Whether blank lines separate the children.
bool isSpaced(const YamlLayout &layout, const std::vector<Child> &children)
{
    return children.size() > 1 && layout.hasBlankLine(children[children.size() - 2].end, children.back().begin);
}

YamlPlacement placeInBlock(const YamlLayout &layout, const YamlSpan &node, std::size_t index, QByteArrayList lines)
{
    const std::vector<Child> children = childrenOf(node);
    const bool spaced = isSpaced(layout, children);
    if (index == 0) {
        const qsizetype begin = children.front().begin;
        if (!layout.startsLine(begin))
            return misplaced(begin, "it begins on a line with something else");
        if (spaced)
            lines.append(QByteArray());
        return std::vector{newLines(layout, layout.includeComments(layout.lineStart(begin)), lines)};
    }
    const qsizetype end = children[std::min(index, children.size()) - 1].end;
    const auto at = lineBehind(layout, end, layout.columnOf(children.front().begin));
    if (!at)
        return std::unexpected(at.error());
    if (spaced)
        lines.prepend(QByteArray());
    return std::vector{newLines(layout, *at, lines)};
}

YamlPlacement placeFirstInFlow(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder,
                               const YamlValue &value)
{
    const YamlSpan &node = *holder.node;
    QByteArray written = yamlFlowText(value, isJson(text, root));
    if (node.isImplicit())
        written.prepend(holder.hasColon ? " " : ": ");
    return std::vector{YamlChange{node.begin, node.end, written}};
}

/// Where `node` stands; the first line begins there.
YamlPlacement placeFirstHere(const YamlLayout &layout, const YamlIndents &indents, const YamlSpan &node,
                             const YamlValue &value)
{
    const qsizetype column = layout.columnOf(node.begin);
    const QByteArrayList lines = yamlBlockLines(value, column, indents);
    return std::vector{YamlChange{node.begin, node.end, lines.join(layout.lineBreakAt(node.begin)).sliced(column)}};
}

/// On the lines below; what stood for nothing goes.
YamlPlacement placeFirstBelow(const YamlLayout &layout, const YamlIndents &indents, const YamlHolder &holder,
                              const YamlValue &value)
{
    const YamlSpan &node = *holder.node;
    const qsizetype indent = value.kind == YamlValue::Kind::List ? indents.list : indents.map;
    const qsizetype column = holder.by == By::Document ? 0 : holder.column + indent;
    const auto at = lineBehind(layout, node.end, holder.column);
    if (!at)
        return std::unexpected(at.error());
    std::vector<YamlChange> changes;
    if (!node.isImplicit()) {
        qsizetype begin = node.begin;
        while (layout.text()[begin - 1] == ' ')
            --begin;
        changes.push_back({begin, node.end, {}});
    }
    changes.push_back(newLines(layout, *at, yamlBlockLines(value, column, indents)));
    return changes;
}

} // namespace

std::optional<YamlHolder> stepInto(QByteArrayView text, const YamlHolder &holder,
                                   const std::variant<QByteArray, std::size_t> &step)
{
    const YamlLayout layout(text);
    const YamlSpan &node = *holder.node;
    YamlHolder next{.isInFlow = holder.isInFlow || node.isFlow};
    if (const auto *index = std::get_if<std::size_t>(&step)) {
        if (*index >= node.items.size())
            return std::nullopt;
        next.node = &node.items[*index];
        next.by = By::Dash;
        next.column = node.isFlow ? -1 : layout.columnOf(node.dashes[*index]);
        return next;
    }
    const auto &key = std::get<QByteArray>(step);
    const auto isAt = [&](Qt::CaseSensitivity sensitivity) {
        return std::ranges::find_if(node.entries, [&](const YamlSpanEntry &entry) {
            return entry.key.kind == Kind::Scalar && entry.key.text.compare(key, sensitivity) == 0;
        });
    };
    auto found = isAt(Qt::CaseSensitive);
    if (found == node.entries.end())
        found = isAt(Qt::CaseInsensitive);
    if (found == node.entries.end())
        return std::nullopt;
    next.node = &found->value;
    next.by = By::Key;
    next.column = layout.columnOf(found->begin);
    next.hasColon = found->hasColon;
    return next;
}

YamlPlacement placeScalar(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder, const YamlValue &scalar)
{
    const YamlSpan &node = *holder.node;
    const QByteArrayView old = text.sliced(node.begin, node.end - node.begin);
    if (old.contains('\n') || old.startsWith('|') || old.startsWith('>'))
        return misplaced(node.begin, "this text goes over several lines");
    const bool isQuoted = old.startsWith('"') || old.startsWith('\'');
    const char quote = isQuoted ? old.front() : scalar.kind == YamlValue::Kind::Text && isJson(text, root) ? '"' : '\0';
    const bool isBare = scalar.kind == YamlValue::Kind::Number && !isQuoted;
    QByteArray written = isBare ? scalar.text : yamlScalarText(scalar.text, quote);
    if (node.isImplicit())
        written.prepend(holder.hasColon ? " " : ": ");
    return std::vector{YamlChange{node.begin, node.end, written}};
}

YamlPlacement placeFirst(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder, const YamlValue &value)
{
    const YamlSpan &node = *holder.node;
    if (node.kind != Kind::Null && text.sliced(node.begin, node.end - node.begin).contains('#'))
        return misplaced(node.begin, "a comment stands inside the brackets");
    if (holder.isInFlow)
        return placeFirstInFlow(text, root, holder, value);
    const YamlLayout layout(text);
    const YamlIndents indents = indentsOf(layout, root, root);
    if (!layout.endsLine(node.end))
        return misplaced(node.end, "more follows on the same line");
    const bool isHere = !node.isImplicit() && (holder.by == By::Dash || layout.startsLine(node.begin));
    if (isHere)
        return placeFirstHere(layout, indents, node, value);
    if (holder.by == By::Dash)
        return misplaced(node.begin, "the item is empty");
    return placeFirstBelow(layout, indents, holder, value);
}

YamlPlacement placeEntry(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder,
                         const YamlValueEntry &entry)
{
    const YamlSpan &node = *holder.node;
    const YamlValue alone = YamlValue::ofMap({entry});
    if (node.entries.empty())
        return placeFirst(text, root, holder, alone);
    const YamlLayout layout(text);
    if (node.isFlow) {
        const QByteArray written = yamlFlowText(alone, isJson(text, node));
        return placeInFlow(layout, node, node.entries.size(), written.sliced(1, written.size() - 2));
    }
    const qsizetype column = layout.columnOf(node.entries.front().begin);
    QByteArrayList lines = yamlBlockLines(alone, column, indentsOf(layout, root, node));
    if (isFlowLike(entry.value, node.entries.back().value))
        lines = {QByteArray(column, ' ') + yamlScalarText(entry.key) + ": " + yamlFlowText(entry.value, false)};
    return placeInBlock(layout, node, node.entries.size(), lines);
}

YamlPlacement placeItem(QByteArrayView text, const YamlSpan &root, const YamlHolder &holder, std::size_t index,
                        const YamlValue &item)
{
    const YamlSpan &node = *holder.node;
    const YamlValue alone = YamlValue::ofList({item});
    if (node.items.empty())
        return placeFirst(text, root, holder, alone);
    const YamlLayout layout(text);
    if (node.isFlow)
        return placeInFlow(layout, node, index, yamlFlowText(item, isJson(text, node) || isJson(text, root)));
    const qsizetype column = layout.columnOf(node.dashes.front());
    const YamlIndents indents = indentsOf(layout, root, node);
    QByteArrayList lines = yamlBlockLines(alone, column, indents);
    if (isFlowLike(item, node.items.back()))
        lines = {QByteArray(column, ' ') + '-' + QByteArray(indents.item - 1, ' ') + yamlFlowText(item, false)};
    return placeInBlock(layout, node, index, lines);
}

} // namespace lunargate
