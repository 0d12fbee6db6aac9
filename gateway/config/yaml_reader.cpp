// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_reader.h"

#include "gateway/config/yaml_tree_builder.h"

#include <QByteArray>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <ranges>
#include <span>
#include <spanstream>

namespace lunargate {

namespace {

using Severity = ConfigProblem::Severity;

/// The line of the first byte that is not UTF-8; 0 if all is well.
int firstLineThatIsNotUtf8(QByteArrayView text)
{
    int line = 1;
    for (qsizetype begin = 0; begin <= text.size(); ++line) {
        const qsizetype end = text.indexOf('\n', begin);
        const QByteArrayView current = end < 0 ? text.sliced(begin) : text.sliced(begin, end - begin);
        if (!current.isValidUtf8() || current.contains('\0'))
            return line;
        if (end < 0)
            break;
        begin = end + 1;
    }
    return 0;
}

/// Whether white space with a tab in it begins the line (counted from 0).
bool isIndentedByTab(QByteArrayView text, int line)
{
    const QByteArray indented = text.toByteArray().split('\n').value(line);
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    return std::ranges::contains(indented | std::views::take_while(isBlank), '\t');
}

QByteArray explain(const YAML::Exception &error, QByteArrayView text)
{
    // What follows is the name of the anchor; an unquoted key that begins with * would be taken for one.
    constexpr QByteArrayView unknownAnchor = "the referenced anchor is not defined";
    const QByteArray message = QByteArray::fromStdString(error.msg);
    if (message.startsWith(unknownAnchor))
        return unknownAnchor.toByteArray() + "; put text that begins with * in quotes";
    // yaml-cpp does not join the two halves of a character beyond U+FFFF, as JSON writes it.
    if (message.startsWith("invalid unicode"))
        return message + "; write the character itself, or \\U and eight digits";
    if (isIndentedByTab(text, error.mark.line))
        return message + "; the line begins with a tab, indent it with spaces";
    return message;
}

} // namespace

YamlReading readYaml(QByteArrayView text, const QByteArray &fileName)
{
    YamlReading reading;
    constexpr QByteArrayView byteOrderMark = "\xEF\xBB\xBF";
    if (text.startsWith(byteOrderMark))
        text = text.sliced(byteOrderMark.size());
    if (const int line = firstLineThatIsNotUtf8(text)) {
        reading.problems.push_back(
            {Severity::Error, fileName, line, 1, {}, "the text is not UTF-8; save the file as UTF-8"});
        return reading;
    }

    std::ispanstream stream(std::span(text.data(), static_cast<size_t>(text.size())));
    const YamlLines lines(text);
    YamlTreeBuilder builder(lines, fileName, reading.problems);
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        reading.root = builder.takeRoot();
        YamlTreeBuilder rest(lines, fileName, reading.problems);
        if (parser.HandleNextDocument(rest)) {
            const YamlPosition position = rest.takeRoot().position;
            reading.problems.push_back({Severity::Warning,
                                        fileName,
                                        position.line,
                                        position.column,
                                        {},
                                        "this is a second document; only the first one is read"});
        }
    } catch (const YAML::Exception &error) {
        const YamlPosition position = lines.position(error.mark);
        reading.problems.push_back(
            {Severity::Error, fileName, position.line, position.column, {}, "not valid YAML: " + explain(error, text)});
        reading.root.reset();
    }
    return reading;
}

} // namespace lunargate
