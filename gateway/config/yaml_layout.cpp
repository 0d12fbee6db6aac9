// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_layout.h"

#include <algorithm>
#include <optional>

namespace lunargate {

namespace {

using Kind = YamlSpan::Kind;

struct FoundIndents
{
    std::optional<qsizetype> map;
    std::optional<qsizetype> list;
    std::optional<qsizetype> item;
};

void note(std::optional<qsizetype> &found, qsizetype indent)
{
    if (!found)
        found = indent;
}

void collect(const YamlLayout &layout, const YamlSpan &node, FoundIndents &found)
{
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const YamlSpan &item = node.items[i];
        if (!node.isFlow && !item.isFlow && item.kind == Kind::Map &&
            layout.lineStart(item.begin) == layout.lineStart(node.dashes[i]))
            note(found.item, item.begin - node.dashes[i]);
        collect(layout, item, found);
    }
    for (const YamlSpanEntry &entry : node.entries) {
        const YamlSpan &value = entry.value;
        const qsizetype indent = layout.columnOf(value.begin) - layout.columnOf(entry.begin);
        if (!node.isFlow && !value.isFlow && value.kind == Kind::Map)
            note(found.map, indent);
        if (!node.isFlow && !value.isFlow && value.kind == Kind::List)
            note(found.list, indent);
        collect(layout, value, found);
    }
}

} // namespace

qsizetype YamlLayout::lineStart(qsizetype at) const
{
    constexpr QByteArrayView byteOrderMark = "\xEF\xBB\xBF";
    const qsizetype before = m_text.first(at).lastIndexOf('\n');
    return before < 0 && m_text.startsWith(byteOrderMark) ? std::min(at, byteOrderMark.size()) : before + 1;
}

qsizetype YamlLayout::lineEnd(qsizetype at) const
{
    const qsizetype end = m_text.indexOf('\n', at);
    if (end < 0)
        return m_text.size();
    return end > at && m_text[end - 1] == '\r' ? end - 1 : end;
}

qsizetype YamlLayout::nextLine(qsizetype at) const
{
    const qsizetype end = m_text.indexOf('\n', at);
    return end < 0 ? m_text.size() : end + 1;
}

QByteArray YamlLayout::lineBreakAt(qsizetype at) const
{
    const qsizetype before = m_text.first(at).lastIndexOf('\n');
    const qsizetype found = before < 0 ? m_text.indexOf('\n') : before;
    return found > 0 && m_text[found - 1] == '\r' ? QByteArrayLiteral("\r\n") : QByteArrayLiteral("\n");
}

bool YamlLayout::startsLine(qsizetype at) const
{
    const qsizetype start = lineStart(at);
    return m_text.sliced(start, at - start).trimmed().isEmpty();
}

bool YamlLayout::endsLine(qsizetype at) const
{
    const QByteArrayView rest = m_text.sliced(at, lineEnd(at) - at);
    const QByteArrayView trimmed = rest.trimmed();
    return trimmed.isEmpty() || (trimmed.front() == '#' && trimmed.data() != rest.data());
}

bool YamlLayout::hasBlankLine(qsizetype begin, qsizetype end) const
{
    for (qsizetype line = nextLine(begin); line < end; line = nextLine(line)) {
        if (m_text.sliced(line, lineEnd(line) - line).trimmed().isEmpty())
            return true;
    }
    return false;
}

qsizetype YamlLayout::skipDeeperComments(qsizetype line, qsizetype column) const
{
    qsizetype behind = line;
    for (; line < m_text.size(); line = nextLine(line)) {
        const QByteArrayView written = m_text.sliced(line, lineEnd(line) - line);
        const QByteArrayView trimmed = written.trimmed();
        if (trimmed.isEmpty())
            continue;
        if (trimmed.front() != '#' || trimmed.data() - written.data() <= column)
            break;
        behind = nextLine(line);
    }
    return behind;
}

qsizetype YamlLayout::includeComments(qsizetype line) const
{
    while (line > 0) {
        const qsizetype above = lineStart(line - 1);
        if (!m_text.sliced(above, line - above).trimmed().startsWith('#'))
            break;
        line = above;
    }
    return line;
}

YamlIndents indentsOf(const YamlLayout &layout, const YamlSpan &root, const YamlSpan &node)
{
    FoundIndents found;
    collect(layout, node, found);
    collect(layout, root, found);
    YamlIndents indents;
    indents.map = found.map.value_or(std::max(indents.map, found.list.value_or(0)));
    indents.list = found.list.value_or(indents.map);
    indents.item = found.item.value_or(indents.item);
    return indents;
}

} // namespace lunargate
