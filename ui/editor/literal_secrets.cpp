// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/literal_secrets.h"

#include "ui/editor/yaml_scan.h"

#include <QCoreApplication>

namespace lunargate::ui {

namespace {

bool isLiteral(QStringView value)
{
    while (value.startsWith(u'"') || value.startsWith(u'\''))
        value = value.sliced(1);
    while (value.endsWith(u'"') || value.endsWith(u'\''))
        value.chop(1);
    return !value.isEmpty() && value != u"null" && value != u"~" && !value.contains(u"${");
}

Finding hintAt(const QString &text, const YamlEntry &entry)
{
    const QStringView before = QStringView(text).first(entry.value);
    const qsizetype lineStart = before.lastIndexOf(u'\n') + 1;
    return {.kind = Finding::Kind::Hint,
            .line = static_cast<int>(before.count(u'\n')) + 1,
            .column = static_cast<int>(before.sliced(lineStart).toUcs4().size()) + 1,
            .path = pathText(entry.path),
            .message = QCoreApplication::translate(
                "LiteralSecrets", "A secret in plain sight: \"lunargate keys set NAME\" puts it into the keychain, "
                                  "${keychain:NAME} refers to it.")};
}

} // namespace

std::vector<Finding> literalSecrets(const QString &text, const SchemaHelp &schema)
{
    std::vector<Finding> hints;
    for (const YamlEntry &entry : yamlEntries(text)) {
        const QStringView value = QStringView(text).sliced(entry.value, entry.valueEnd - entry.value);
        if (isLiteral(value) && schema.isSecret(entry.path))
            hints.push_back(hintAt(text, entry));
    }
    return hints;
}

} // namespace lunargate::ui
