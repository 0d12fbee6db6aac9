// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/find_bar.h"
#include "ui/editor/findings_model.h"
#include "ui/editor/yaml_completer.h"
#include "ui/shell/settings.h"

#include <QSplitter>
#include <QTableView>

namespace lunargate::ui {

/// The text with its search, and below it the list of what was found. GUI thread.
class ConfigEditor : public QWidget
{
    Q_OBJECT

public:
    /// Both outlive it.
    ConfigEditor(const SchemaHelp &schema, Settings &settings);
    ~ConfigEditor() override;

    YamlEditor &yaml() { return *m_yaml; }
    FindBar &findBar() { return *m_findBar; }
    YamlCompleter &completer() { return m_completer; }
    const FindingsModel &findings() const { return m_findings; }

    void setFindings(const std::vector<Finding> &findings);
    /// The one behind the cursor, or else the first.
    void goToNextFinding();
    void focusFindings();
    /// Closes the completions or the search, goes back to the text, or from there to what comes next.
    void leave();

private:
    void goTo(const QModelIndex &index);

    Settings &m_settings;
    FindingsModel m_findings;
    YamlEditor *m_yaml;
    YamlCompleter m_completer;
    FindBar *m_findBar;
    QTableView *m_list;
    QSplitter *m_splitter;
};

} // namespace lunargate::ui
