// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/schema_help.h"

#include "ui/editor/yaml_scan.h"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr QByteArrayView kDefinitions = "#/$defs/";

QString tr(const char *text)
{
    return QCoreApplication::translate("SchemaHelp", text);
}

/// The name of the definition that a value refers to.
QByteArrayView kindOf(json::Value declared)
{
    const QByteArrayView reference = declared["$ref"].string();
    return reference.startsWith(kDefinitions) ? reference.sliced(kDefinitions.size()) : QByteArrayView();
}

QString kindText(QByteArrayView kind)
{
    const std::pair<QByteArrayView, const char *> texts[] = {
        {"text", QT_TRANSLATE_NOOP("SchemaHelp", "Text")},
        {"secret", QT_TRANSLATE_NOOP("SchemaHelp", "Secret: ${NAME} of the environment, or ${keychain:NAME}")},
        {"whole_number", QT_TRANSLATE_NOOP("SchemaHelp", "Whole number")},
        {"number", QT_TRANSLATE_NOOP("SchemaHelp", "Number")},
        {"boolean", QT_TRANSLATE_NOOP("SchemaHelp", "true or false")},
        {"duration", QT_TRANSLATE_NOOP("SchemaHelp", "Duration, such as 500ms, 30s or 5m")},
        {"size", QT_TRANSLATE_NOOP("SchemaHelp", "Size, such as 64KiB or 10MiB")},
        {"list_of_text", QT_TRANSLATE_NOOP("SchemaHelp", "List of texts")},
        {"list_of_secrets", QT_TRANSLATE_NOOP("SchemaHelp", "List of secrets")},
        {"list_of_whole_numbers", QT_TRANSLATE_NOOP("SchemaHelp", "List of whole numbers")},
        {"map_of_text", QT_TRANSLATE_NOOP("SchemaHelp", "Names with texts")}};
    for (const auto &[name, text] : texts) {
        if (name == kind)
            return tr(text);
    }
    return {};
}

/// The description is Markdown; links lead nowhere here.
QString descriptionOf(json::Value value)
{
    static const QRegularExpression kLink(QStringLiteral(R"(\[([^\]]*)\]\([^)]*\))"));
    QString text = QString::fromUtf8(value["description"].string());
    text.replace(kLink, QStringLiteral("\\1"));
    return text.remove(u'`');
}

} // namespace

SchemaHelp::SchemaHelp()
{
    QFile file(QStringLiteral(":/lunargate/lunargate.schema.json"));
    std::optional<json::Document> document;
    if (file.open(QIODevice::ReadOnly))
        document = json::Document::parse(file.readAll());
    if (!document)
        qFatal("the configuration's schema is missing from this build");
    m_document = *std::move(document);
}

void SchemaHelp::expand(json::Value value, std::vector<json::Value> &alternatives) const
{
    if (const QByteArrayView kind = kindOf(value); !kind.isEmpty())
        return expand(m_document.root()["$defs"][kind], alternatives);
    if (!value["anyOf"].isArray()) {
        alternatives.push_back(value);
        return;
    }
    for (const json::Value one : value["anyOf"].elements())
        expand(one, alternatives);
}

SchemaHelp::Node SchemaHelp::expanded(json::Value declared) const
{
    Node node{.declared = declared, .alternatives = {}};
    expand(declared, node.alternatives);
    return node;
}

SchemaHelp::Node SchemaHelp::nodeAt(const QStringList &path) const
{
    Node node = expanded(m_document.root());
    for (const QString &part : path) {
        const QByteArray key = part.toLower().toUtf8(); // keys may be written in any case
        json::Value next;
        for (const json::Value one : node.alternatives) {
            const json::Value property = part == kListItem ? one["items"] : one["properties"][key];
            if (property.isObject())
                next = property;
            else if (part != kListItem && !next.exists() && one["additionalProperties"].isObject())
                next = one["additionalProperties"];
        }
        node = expanded(next);
    }
    return node;
}

std::vector<SchemaHelp::Choice> SchemaHelp::keysAt(const QStringList &path) const
{
    std::vector<Choice> keys;
    for (const json::Value one : nodeAt(path).alternatives) {
        for (const auto [name, value] : one["properties"].members())
            keys.push_back({QString::fromUtf8(name), descriptionOf(value)});
    }
    std::ranges::sort(keys, {}, &Choice::text);
    return keys;
}

std::vector<SchemaHelp::Choice> SchemaHelp::valuesAt(const QStringList &path) const
{
    const Node node = nodeAt(path);
    if (kindOf(node.declared) == "boolean")
        return {{QStringLiteral("true"), {}}, {QStringLiteral("false"), {}}};
    std::vector<Choice> values;
    for (const json::Value one : node.alternatives) {
        for (const json::Value word : one["enum"].elements()) {
            if (word.isString())
                values.push_back({QString::fromUtf8(word.string()), {}});
        }
    }
    return values;
}

QString SchemaHelp::describe(const QStringList &path) const
{
    const Node node = nodeAt(path);
    QStringList words;
    for (const Choice &choice : valuesAt(path))
        words.append(choice.text);
    const QString kind = kindText(kindOf(node.declared));
    QStringList lines{descriptionOf(node.declared),
                      kind.isEmpty() && !words.isEmpty() ? tr("One of: %1").arg(words.join(u", ")) : kind};
    lines.removeAll(QString());
    return lines.join(u'\n');
}

bool SchemaHelp::isSecret(const QStringList &path) const
{
    const QByteArrayView kind = kindOf(nodeAt(path).declared);
    const bool isItem = !path.isEmpty() && path.constLast() == kListItem;
    return kind == "secret" || (isItem && kindOf(nodeAt(path.first(path.size() - 1)).declared) == "list_of_secrets");
}

} // namespace lunargate::ui
