// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/yaml_editor.h"

#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

namespace lunargate::ui {

/// Finds and replaces text in the editor. GUI thread.
class FindBar : public QWidget
{
    Q_OBJECT

public:
    /// Outlived by the editor.
    explicit FindBar(YamlEditor &editor);

    /// Shows it, with what is selected.
    void open();
    void findNext() { find(true); }
    void findPrevious() { find(false); }

Q_SIGNALS:
    void closeRequested();

private:
    void find(bool forward);
    void findFromSelection();
    void replace();
    void replaceAll();
    void say(int matches);
    bool isMatchSelected() const;
    int matches() const;

    YamlEditor &m_editor;
    QLineEdit *m_text;
    QLineEdit *m_replacement;
    QToolButton *m_matchesCase;
    QLabel *m_count;
};

} // namespace lunargate::ui
