// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QStandardItemModel>

namespace lunargate::ui {

/// How well `text` answers `typed`: its letters in this order, better at the beginnings of words and next to each
/// other; 0: not at all.
int matchScore(const QString &typed, const QString &text);

/// Finds an action by some letters of its name and runs it (Ctrl+K).
class CommandPalette : public QDialog
{
    Q_OBJECT

public:
    CommandPalette(const QList<QAction *> &actions, QWidget *parent);

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showMatches(const QString &typed);
    void run();

    QList<QAction *> m_actions;
    QLineEdit *m_edit;
    QListView *m_list;
    QStandardItemModel *m_found;
};

} // namespace lunargate::ui
