// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_value.h"

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

bool isControl(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Whether a reader of YAML 1.1 or 1.2 might see something else than a text in it: a number, a date, a truth value.
bool looksLikeAnotherType(const QByteArray &text)
{
    static constexpr std::array<QByteArrayView, 13> kWords = {"~",   "null", "true", "false", "yes", "no", "on",
                                                              "off", "y",    "n",    "<<",    "=",   "..."};
    const QByteArray lower = text.toLower();
    const auto isDigitAt = [&](qsizetype at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    const bool isSigned = text.startsWith('-') || text.startsWith('+') || text.startsWith('.');
    return std::ranges::contains(kWords, QByteArrayView(lower)) || isDigitAt(0) ||
           (isSigned && (isDigitAt(1) || isDigitAt(2))) || lower.endsWith(".inf") || lower.endsWith(".nan");
}

bool isPlain(const QByteArray &text)
{
    constexpr QByteArrayView kLeading = "-?:,[]{}#&*!|>'\"%@`";
    return !text.isEmpty() && text.trimmed().size() == text.size() && !kLeading.contains(text.front()) &&
           !looksLikeAnotherType(text) && !text.contains(": ") && !text.endsWith(':') && !text.contains(" #") &&
           std::ranges::none_of(text, [](char c) { return isControl(c) || QByteArrayView(",[]{}").contains(c); });
}

QByteArray inDoubleQuotes(const QByteArray &text)
{
    QByteArray quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            quoted += QByteArray(1, '\\') + c;
        else if (c == '\n')
            quoted += "\\n";
        else if (c == '\t')
            quoted += "\\t";
        else if (isControl(c)) // as JSON writes it, too
            quoted += "\\u00" + QByteArray(1, c).toHex();
        else
            quoted += c;
    }
    return quoted + '"';
}

QByteArray scalarOf(const YamlValue &value, char quote = 0)
{
    return value.kind == YamlValue::Kind::Number ? value.text : yamlScalarText(value.text, quote);
}

bool isBlock(const YamlValue &value)
{
    return !value.isScalar() && !value.isEmpty();
}

void addMapLines(const YamlValue &value, qsizetype column, const YamlIndents &indents, QByteArrayList &lines)
{
    for (const YamlValueEntry &entry : value.entries) {
        QByteArray line = QByteArray(column, ' ') + yamlScalarText(entry.key) + ':';
        if (!isBlock(entry.value)) {
            lines.append(line + ' ' + yamlFlowText(entry.value, false));
            continue;
        }
        lines.append(line);
        const bool isList = entry.value.kind == YamlValue::Kind::List;
        lines.append(yamlBlockLines(entry.value, column + (isList ? indents.list : indents.map), indents));
    }
}

void addListLines(const YamlValue &value, qsizetype column, const YamlIndents &indents, QByteArrayList &lines)
{
    const QByteArray dash = QByteArray(column, ' ') + '-' + QByteArray(indents.item - 1, ' ');
    for (const YamlValue &item : value.items) {
        if (!isBlock(item)) {
            lines.append(dash + yamlFlowText(item, false));
            continue;
        }
        QByteArrayList inner = yamlBlockLines(item, dash.size(), indents);
        inner.front().replace(0, dash.size(), dash);
        lines.append(inner);
    }
}

} // namespace

YamlValue YamlValue::ofText(QByteArray text)
{
    return {.kind = Kind::Text, .text = std::move(text), .items = {}, .entries = {}};
}

YamlValue YamlValue::ofNumber(qint64 number)
{
    return {.kind = Kind::Number, .text = QByteArray::number(number), .items = {}, .entries = {}};
}

YamlValue YamlValue::ofList(std::vector<YamlValue> items)
{
    return {.kind = Kind::List, .text = {}, .items = std::move(items), .entries = {}};
}

YamlValue YamlValue::ofMap(std::vector<YamlValueEntry> entries)
{
    return {.kind = Kind::Map, .text = {}, .items = {}, .entries = std::move(entries)};
}

bool YamlValue::isEmpty() const
{
    return items.empty() && entries.empty();
}

QByteArray yamlScalarText(const QByteArray &text, char quote)
{
    if (quote == 0 && isPlain(text))
        return text;
    if (quote == '\'' && std::ranges::none_of(text, isControl))
        return '\'' + QByteArray(text).replace('\'', "''") + '\'';
    return inDoubleQuotes(text);
}

QByteArray yamlFlowText(const YamlValue &value, bool isJson)
{
    const char quote = isJson ? '"' : '\0';
    QByteArrayList parts;
    switch (value.kind) {
    case YamlValue::Kind::Text:
    case YamlValue::Kind::Number:
        return scalarOf(value, quote);
    case YamlValue::Kind::List:
        for (const YamlValue &item : value.items)
            parts.append(yamlFlowText(item, isJson));
        return '[' + parts.join(", ") + ']';
    case YamlValue::Kind::Map:
        for (const YamlValueEntry &entry : value.entries)
            parts.append(yamlScalarText(entry.key, quote) + ": " + yamlFlowText(entry.value, isJson));
        return '{' + parts.join(", ") + '}';
    }
    Q_UNREACHABLE_RETURN({});
}

QByteArrayList yamlBlockLines(const YamlValue &value, qsizetype column, const YamlIndents &indents)
{
    QByteArrayList lines;
    if (value.kind == YamlValue::Kind::Map)
        addMapLines(value, column, indents, lines);
    else
        addListLines(value, column, indents, lines);
    return lines;
}

} // namespace lunargate
