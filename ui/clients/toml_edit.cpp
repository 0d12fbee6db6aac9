// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/toml_edit.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

struct TomlEdit
{
    Q_DECLARE_TR_FUNCTIONS(TomlEdit)
};

struct Line
{
    qsizetype begin = 0;
    qsizetype end = 0; ///< past its line feed
    QString text;      ///< trimmed; empty inside of a value that began on an earlier line
    bool isContent = false;

    bool isHeader() const { return text.startsWith(u'['); }
};

/// How many brackets of a value the line leaves open, if so many were open before.
int depthAfter(QByteArrayView line, int depth)
{
    bool isValue = depth > 0;
    char quote = 0;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote) {
            i += quote == '"' && c == '\\' ? 1 : 0;
            quote = c == quote ? char(0) : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '#') {
            break;
        } else if (c == '=') {
            isValue = true;
        } else if (isValue && (c == '[' || c == '{')) {
            ++depth;
        } else if (isValue && (c == ']' || c == '}')) {
            --depth;
        }
    }
    return depth;
}

std::vector<Line> linesOf(const QByteArray &text)
{
    std::vector<Line> lines;
    int depth = 0;
    for (qsizetype begin = 0; begin < text.size();) {
        const qsizetype feed = text.indexOf('\n', begin);
        const qsizetype end = feed < 0 ? text.size() : feed + 1;
        const QByteArrayView line = QByteArrayView(text).sliced(begin, end - begin);
        const QString trimmed = QString::fromUtf8(line.trimmed());
        lines.push_back({.begin = begin,
                         .end = end,
                         .text = depth == 0 ? trimmed : QString(),
                         .isContent = !trimmed.isEmpty() && !trimmed.startsWith(u'#')});
        depth = depthAfter(line, depth);
        begin = end;
    }
    return lines;
}

bool hasLongText(const QByteArray &text)
{
    return text.contains("\"\"\"") || text.contains("'''");
}

std::unexpected<QString> unsafe(const QByteArray &what)
{
    return std::unexpected(
        TomlEdit::tr("%1 is written in a way that LunarGate cannot change safely").arg(QString::fromUtf8(what)));
}

/// A key, perhaps in quotes, as a regular expression.
QString keyPattern(const QByteArray &key)
{
    return u"[\"']?%1[\"']?"_s.arg(QRegularExpression::escape(QString::fromUtf8(key)));
}

QRegularExpression pattern(const QString &text)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(text));
}

/// The text with the entry in the place of the one in `line`, whose comment stays; nothing if another key stands there.
std::optional<EditResult> replaced(const QByteArray &text, const Line &line, const TomlEntry &entry)
{
    const QRegularExpression begins = pattern(keyPattern(entry.key) + u"\\s*[.=].*"_s);
    const QRegularExpression whole = pattern(keyPattern(entry.key) + u"\\s*=\\s*(\"[^\"\\\\]*\"|'[^']*')\\s*(#.*)?"_s);
    if (!begins.match(line.text).hasMatch())
        return std::nullopt;
    const QRegularExpressionMatch match = whole.match(line.text);
    if (!match.hasMatch())
        return EditResult(unsafe(entry.key));
    if (entry.value.isEmpty()) {
        const QByteArray comment = match.captured(2).toUtf8();
        return QByteArray(text).replace(line.begin, line.end - line.begin,
                                        comment.isEmpty() ? comment : comment + '\n');
    }
    const QByteArray before = match.captured(1).toUtf8();
    return QByteArray(text).replace(text.indexOf(before, text.indexOf('=', line.begin)), before.size(),
                                    '"' + entry.value + '"');
}

/// The text with the entry in a line of its own at `place`, where a line begins or the text ends.
QByteArray inserted(const QByteArray &text, qsizetype place, const TomlEntry &entry)
{
    const bool joins = place > 0 && text.at(place - 1) != '\n';
    return QByteArray(text).insert(place, (joins ? "\n" : "") + entry.key + " = \"" + entry.value + "\"\n");
}

/// Sets it in the table with that header, which is there; a new one gets behind what stands in it.
EditResult setInTable(const QByteArray &text, const QRegularExpression &header, const TomlEntry &entry)
{
    bool isInside = false;
    qsizetype place = text.size();
    for (const Line &line : linesOf(text)) {
        if (line.isHeader())
            isInside = header.match(line.text).hasMatch();
        if (!isInside)
            continue;
        if (line.isContent)
            place = line.end;
        if (std::optional<EditResult> changed = replaced(text, line, entry))
            return *std::move(changed);
    }
    return entry.value.isEmpty() ? text : inserted(text, place, entry);
}

} // namespace

EditResult setTomlText(const QByteArray &text, const QByteArray &key, const QByteArray &value)
{
    if (hasLongText(text))
        return unsafe("\"\"\"");
    const TomlEntry entry{.key = key, .value = value};
    qsizetype place = text.size();
    for (const Line &line : linesOf(text)) {
        if (line.isContent)
            place = std::min(place, line.begin);
        if (line.isHeader())
            break;
        if (std::optional<EditResult> changed = replaced(text, line, entry))
            return *std::move(changed);
    }
    return inserted(text, place, entry);
}

EditResult setTomlTable(const QByteArray &text, const QByteArray &parent, const QByteArray &name,
                        std::span<const TomlEntry> entries)
{
    if (hasLongText(text))
        return unsafe("\"\"\"");
    const QRegularExpression ours =
        pattern(u"\\[\\s*%1\\s*\\.\\s*%2\\s*\\]\\s*(#.*)?"_s.arg(keyPattern(parent), keyPattern(name)));
    const QRegularExpression above = pattern(u"\\[\\s*%1\\s*\\]\\s*(#.*)?"_s.arg(keyPattern(parent)));
    const QRegularExpression otherWay = pattern(keyPattern(parent) + u"\\s*[.=].*"_s);
    const QRegularExpression entryOfParent = pattern(keyPattern(name) + u"\\s*[.=].*"_s);
    enum class In { Top, Parent, Elsewhere } in = In::Top;
    bool isThere = false;
    for (const Line &line : linesOf(text)) {
        if (line.isHeader()) {
            in = above.match(line.text).hasMatch() ? In::Parent : In::Elsewhere;
            isThere = isThere || ours.match(line.text).hasMatch();
        } else if ((in == In::Top && otherWay.match(line.text).hasMatch()) ||
                   (in == In::Parent && entryOfParent.match(line.text).hasMatch())) {
            return unsafe(parent);
        }
    }
    const QByteArray gap = text.isEmpty() ? "" : text.endsWith('\n') ? "\n" : "\n\n";
    EditResult changed = isThere ? text : text + gap + '[' + parent + '.' + name + "]\n";
    for (const TomlEntry &entry : entries) {
        if (changed)
            changed = setInTable(*changed, ours, entry);
    }
    return changed;
}

} // namespace lunargate::ui
