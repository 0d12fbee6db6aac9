// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/continue_edit.h"

#include "gateway/config/yaml_reader.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr char kName[] = "LunarGate";

struct ContinueEdit
{
    Q_DECLARE_TR_FUNCTIONS(ContinueEdit)
};

std::unexpected<QString> unsafe()
{
    return std::unexpected(
        ContinueEdit::tr("its list of models is written in a way that LunarGate cannot change safely"));
}

const YamlNode *member(const YamlNode &map, QByteArrayView key)
{
    const auto found = std::ranges::find(map.entries, key, &YamlEntry::key);
    return found == map.entries.end() ? nullptr : &found->value;
}

const YamlNode *ownModel(const YamlNode &root)
{
    const YamlNode *models = member(root, "models");
    if (!models)
        return nullptr;
    const auto isOurs = [](const YamlNode &model) {
        const YamlNode *name = member(model, "name");
        return name && name->text == kName;
    };
    const auto found = std::ranges::find_if(models->items, isOurs);
    return found == models->items.end() ? nullptr : std::to_address(found);
}

/// Keys as docs.continue.dev/reference names them. Only /chat/completions is known to be everywhere.
QByteArray modelText(const QByteArray &indent, const QByteArray &apiBase, const QByteArray &apiKey)
{
    const QByteArrayList lines{"- name: " + QByteArray(kName), "  provider: openai",  "  model: lunargate/auto",
                               "  apiBase: " + apiBase,        "  apiKey: " + apiKey, "  useResponsesApi: false",
                               "  roles: [chat, edit, apply]"};
    return indent + lines.join("\n" + indent) + '\n';
}

/// Where the `line`-th line begins.
qsizetype lineBegin(const QByteArray &text, int line)
{
    qsizetype begin = 0;
    for (int i = 1; i < line; ++i)
        begin = text.indexOf('\n', begin) + 1;
    return begin;
}

QByteArray lineAt(const QByteArray &text, int line)
{
    const qsizetype begin = lineBegin(text, line);
    const qsizetype end = text.indexOf('\n', begin);
    return text.sliced(begin, (end < 0 ? text.size() : end) - begin);
}

EditResult withAddress(const QByteArray &text, const YamlNode &model, const QByteArray &apiBase)
{
    const YamlNode *address = member(model, "apiBase");
    if (!address || address->text.isEmpty())
        return unsafe();
    const qsizetype begin = lineBegin(text, address->position.line);
    const qsizetype place = text.indexOf(address->text, begin);
    if (place < 0 || QByteArrayView(text).sliced(begin, place - begin).contains('\n'))
        return unsafe();
    return QByteArray(text).replace(place, address->text.size(), apiBase);
}

EditResult withModel(const QByteArray &text, const YamlNode &root, const QByteArray &apiBase, const QByteArray &apiKey)
{
    const auto models = std::ranges::find(root.entries, QByteArrayView("models"), &YamlEntry::key);
    if (models == root.entries.end()) {
        const QByteArray gap = text.endsWith('\n') ? "" : "\n";
        return text + gap + "models:\n" + modelText("  ", apiBase, apiKey);
    }
    if (models->value.items.empty()) {
        const QByteArray line = lineAt(text, models->position.line);
        static const QRegularExpression kEmpty(u"^models:\\s*(\\[\\s*\\])?\\s*(#.*)?$"_s);
        const QRegularExpressionMatch empty = kEmpty.match(QString::fromUtf8(line));
        if (!empty.hasMatch())
            return unsafe();
        const QByteArray comment = empty.captured(2).toUtf8();
        return QByteArray(text).replace(lineBegin(text, models->position.line), line.size(),
                                        "models:" + (comment.isEmpty() ? comment : ' ' + comment) + '\n' +
                                            modelText("  ", apiBase, apiKey).trimmed().prepend("  "));
    }
    const int first = models->value.items.front().position.line;
    static const QRegularExpression kItem(u"^(\\s*)-\\s"_s);
    const QRegularExpressionMatch item = kItem.match(QString::fromUtf8(lineAt(text, first)));
    if (!item.hasMatch() || first == models->position.line)
        return unsafe();
    return QByteArray(text).insert(lineBegin(text, first), modelText(item.captured(1).toUtf8(), apiBase, apiKey));
}

} // namespace

EditResult setContinueModel(const QByteArray &text, const QByteArray &apiBase, const QByteArray &apiKey)
{
    const QByteArray before = text.trimmed().isEmpty() ? QByteArray("name: Local\nversion: 0.0.1\nschema: v1\n") : text;
    const YamlReading reading = readYaml(before, "config.yaml");
    if (!reading.root || !reading.problems.empty())
        return std::unexpected(reading.problems.empty() ? ContinueEdit::tr("it is no YAML")
                                                        : QString::fromUtf8(reading.problems.front().toText()));
    const YamlNode *own = ownModel(*reading.root);
    EditResult after = own ? withAddress(before, *own, apiBase) : withModel(before, *reading.root, apiBase, apiKey);
    if (!after)
        return after;
    const YamlReading written = readYaml(*after, "config.yaml");
    const YamlNode *model = written.root && written.problems.empty() ? ownModel(*written.root) : nullptr;
    const YamlNode *address = model ? member(*model, "apiBase") : nullptr;
    if (!address || address->text != apiBase)
        return unsafe();
    return after;
}

} // namespace lunargate::ui
