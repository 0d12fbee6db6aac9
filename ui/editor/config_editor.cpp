// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_editor.h"

#include "ui/shell/first_focus.h"
#include "ui/shell/plain_table.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace lunargate::ui {

ConfigEditor::ConfigEditor(const SchemaHelp &schema, Settings &settings)
    : m_settings(settings),
      m_yaml(new YamlEditor(schema)),
      m_completer(*m_yaml, schema),
      m_findBar(new FindBar(*m_yaml)),
      m_list(new QTableView),
      m_splitter(new QSplitter(Qt::Vertical))
{
    auto *frame = new QFrame;
    frame->setObjectName("card");
    auto *inside = new QVBoxLayout(frame);
    inside->setContentsMargins(2, 6, 2, 6);
    inside->addWidget(m_yaml);
    m_list->setModel(&m_findings);
    setUpPlainTable(*m_list, tr("What was found"));
    m_list->horizontalHeader()->setSectionResizeMode(FindingsModel::Message, QHeaderView::Stretch);
    m_list->setColumnWidth(FindingsModel::Place, 90);
    m_list->setColumnWidth(FindingsModel::Key, 260);
    m_list->hide();
    m_splitter->setObjectName("config_splitter");
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(8);
    m_splitter->addWidget(frame);
    m_splitter->addWidget(m_list);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({420, 148});
    m_splitter->restoreState(settings.layoutOf(m_splitter->objectName()));
    m_findBar->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_findBar);
    layout->addWidget(m_splitter, 1);
    setFirstFocus(*this, m_yaml);

    connect(m_list, &QTableView::activated, this, &ConfigEditor::goTo);
    connect(m_findBar, &FindBar::closeRequested, this, &ConfigEditor::leave);
}

ConfigEditor::~ConfigEditor()
{
    m_settings.setLayoutOf(m_splitter->objectName(), m_splitter->saveState());
}

void ConfigEditor::setFindings(const std::vector<Finding> &findings)
{
    m_findings.setFindings(findings);
    m_yaml->setFindings(findings);
    m_list->setVisible(!findings.empty());
    if (m_yaml->hasFocus()) // what is being typed stays in sight when the list takes its room
        QMetaObject::invokeMethod(m_yaml, [this] { m_yaml->ensureCursorVisible(); }, Qt::QueuedConnection);
    if (!m_list->currentIndex().isValid() && !findings.empty())
        m_list->setCurrentIndex(m_findings.index(0, 0));
}

void ConfigEditor::goTo(const QModelIndex &index)
{
    const Finding &finding = m_findings.finding(index.row());
    if (!finding.file.isEmpty() || finding.line == 0)
        return;
    m_yaml->goTo(finding.line, finding.column);
    m_yaml->setFocus();
}

void ConfigEditor::goToNextFinding()
{
    int line = 0;
    int column = 0;
    m_yaml->getCursorPosition(&line, &column);
    int next = 0;
    for (int row = m_findings.rowCount() - 1; row >= 0; --row) {
        const Finding &one = m_findings.finding(row);
        if (one.file.isEmpty() && std::pair(one.line, one.column) > std::pair(line + 1, column + 1))
            next = row;
    }
    if (next >= m_findings.rowCount())
        return;
    m_list->setCurrentIndex(m_findings.index(next, 0));
    goTo(m_list->currentIndex());
}

void ConfigEditor::focusFindings()
{
    m_list->setFocus();
}

void ConfigEditor::leave()
{
    QWidget *completions = m_completer.completer().popup();
    if (completions->isVisible()) {
        completions->hide();
        return;
    }
    if (m_yaml->hasFocus() && m_findBar->isHidden()) {
        focusNextChild(); // Tab is the text's
        return;
    }
    m_findBar->hide();
    m_yaml->setFocus();
}

} // namespace lunargate::ui
