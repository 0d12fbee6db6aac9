// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/jsonc_edit.h"

#include "gateway/json/document.h"
#include "gateway/json/members.h"
#include "gateway/json/writer.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <vector>

namespace lunargate::ui {

namespace {

struct JsoncEdit
{
    Q_DECLARE_TR_FUNCTIONS(JsoncEdit)
};

void blank(QByteArray &text, qsizetype begin, qsizetype end)
{
    for (qsizetype i = begin; i < end; ++i) {
        if (text[i] != '\n')
            text[i] = ' ';
    }
}

qsizetype endOfComment(const QByteArray &text, qsizetype begin)
{
    const bool isLine = text.at(begin + 1) == '/';
    const qsizetype end = isLine ? text.indexOf('\n', begin) : text.indexOf("*/", begin + 2);
    return end < 0 ? text.size() : isLine ? end : end + 2;
}

/// Plain JSON of the same length: comments and trailing commas are blanks, so that what stands in it has the same place
/// in the text.
QByteArray plainJson(QByteArray text)
{
    qsizetype comma = -1; // nothing came after it so far
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text.at(i);
        if (c == '/' && i + 1 < text.size() && (text.at(i + 1) == '/' || text.at(i + 1) == '*')) {
            const qsizetype end = endOfComment(text, i);
            blank(text, i, end);
            i = end - 1;
        } else if (c == ',') {
            comma = i;
        } else if (QByteArrayView(" \t\r\n").indexOf(c) < 0) {
            if ((c == '}' || c == ']') && comma >= 0)
                text[comma] = ' ';
            comma = -1;
            if (c == '"') {
                for (++i; i < text.size() && text.at(i) != '"'; ++i)
                    i += text.at(i) == '\\' ? 1 : 0;
            }
        }
    }
    return text;
}

json::Value valueAt(const json::Document &document, JsonPath path)
{
    json::Value value = document.root();
    for (const QByteArrayView name : path)
        value = value[name];
    return value;
}

QString pathText(JsonPath path)
{
    QStringList names;
    for (const QByteArrayView name : path)
        names.append(QString::fromUtf8(name));
    return names.join(u'.');
}

/// `"a": {"b": value}` over several lines.
QByteArray memberText(JsonPath path, const QByteArray &value)
{
    const QByteArray inner =
        path.size() == 1 ? value : "{\n  " + memberText(path.subspan(1), value).replace("\n", "\n  ") + "\n}";
    return json::quoted(path.front()) + ": " + inner;
}

QByteArray indentAt(const QByteArray &text, qsizetype position)
{
    const qsizetype line = position == 0 ? 0 : text.lastIndexOf('\n', position - 1) + 1;
    qsizetype end = line;
    while (end < text.size() && (text.at(end) == ' ' || text.at(end) == '\t'))
        ++end;
    return text.sliced(line, end - line);
}

/// Adds a member as the object's first: there no comma of others is touched.
QByteArray withMember(QByteArray text, json::Range object, const std::vector<json::Member> &members, QByteArray member)
{
    const qsizetype open = object.begin + 1;
    if (members.empty()) {
        const QByteArray outer = indentAt(text, object.begin);
        const bool hasLines = object.of(text).contains('\n');
        member = "\n  " + outer + member.replace("\n", "\n  " + outer) + (hasLines ? QByteArray() : "\n" + outer);
        return text.insert(open, member);
    }
    const qsizetype first = members.front().whole.begin;
    if (!QByteArrayView(text).sliced(open, first - open).contains('\n'))
        return text.insert(open, member + ", ");
    const QByteArray indent = indentAt(text, first);
    return text.insert(open, "\n" + indent + member.replace("\n", "\n" + indent) + ",");
}

EditResult spliced(const QByteArray &text, const QByteArray &plain, JsonPath path, const QByteArray &value)
{
    json::Range place = json::wholeValue(plain);
    for (size_t i = 0; i < path.size(); ++i) {
        if (plain.at(place.begin) != '{')
            return std::unexpected(i == 0 ? JsoncEdit::tr("it holds no object")
                                          : JsoncEdit::tr("%1 is no object").arg(pathText(path.first(i))));
        const std::vector<json::Member> members = json::membersOf(plain, place);
        if (std::ranges::count(members, path[i], &json::Member::key) > 1)
            return std::unexpected(JsoncEdit::tr("%1 stands there twice").arg(pathText(path.first(i + 1))));
        const json::Member *member = json::find(members, path[i]);
        if (!member)
            return withMember(text, place, members, memberText(path.subspan(i), value));
        place = member->value;
    }
    QByteArray indented = value;
    indented.replace("\n", "\n" + indentAt(text, place.begin));
    return QByteArray(text).replace(place.begin, place.end - place.begin, indented);
}

} // namespace

EditResult setInJsonc(const QByteArray &text, JsonPath path, const QByteArray &value)
{
    const QByteArray before = text.trimmed().isEmpty() ? QByteArray("{\n}\n") : text;
    const QByteArray plain = plainJson(before);
    if (const auto document = json::Document::read(plain); !document)
        return std::unexpected(JsoncEdit::tr("it is no JSON: %1 (at byte %2)")
                                   .arg(QString::fromUtf8(document.error().message))
                                   .arg(document.error().position));
    EditResult after = spliced(before, plain, path, value);
    if (!after)
        return after;
    const std::optional<json::Document> written = json::Document::parse(plainJson(*after));
    const std::optional<json::Document> wanted = json::Document::parse(value);
    if (!written || !wanted || json::toText(valueAt(*written, path)) != json::toText(wanted->root()))
        return std::unexpected(JsoncEdit::tr("it is written in a way that LunarGate cannot change safely"));
    return after;
}

bool hasInJsonc(const QByteArray &text, JsonPath path)
{
    const std::optional<json::Document> document = json::Document::parse(plainJson(text));
    return document && valueAt(*document, path).exists();
}

} // namespace lunargate::ui
