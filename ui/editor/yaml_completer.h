// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/yaml_editor.h"
#include "ui/editor/yaml_scan.h"

#include <QCompleter>
#include <QStandardItemModel>

namespace lunargate::ui {

/// What can be written at `place`: keys and words of the schema, and the names of providers that `text` defines.
std::vector<SchemaHelp::Choice> completionsAfter(const YamlPlace &place, const QString &text, const SchemaHelp &schema);

/// Offers keys and values while somebody types, unless the text is very long, and when asked. GUI thread.
class YamlCompleter : public QObject
{
    Q_OBJECT

public:
    /// `schema` outlives it.
    YamlCompleter(YamlEditor &editor, const SchemaHelp &schema);

    /// All that can be written at the cursor.
    void offerAll() { offer(true); }
    QCompleter &completer() { return m_completer; }

private:
    void offer(bool isAsked);
    void complete(const QString &choice);

    YamlEditor &m_editor;
    const SchemaHelp &m_schema;
    QStandardItemModel m_choices;
    QCompleter m_completer;
    YamlPlace m_place; // that is being completed
};

} // namespace lunargate::ui
