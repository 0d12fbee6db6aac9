// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_filter.h"

#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>

namespace lunargate::ui {

/// Takes a filter in the history's language, as it is typed. What is wrong is underlined and explained below; until it
/// is mended the last good filter stays. Completes the names of fields.
class FilterEdit : public QWidget
{
    Q_OBJECT

public:
    explicit FilterEdit(QWidget *parent = nullptr);

    QString text() const { return m_edit->text(); }
    /// Acts at once.
    void setText(const QString &text);
    /// Empty: the filter is right.
    QString problem() const { return m_problem->text(); }

Q_SIGNALS:
    void filterChanged(const lunargate::HistoryFilter &filter);

private:
    void read();
    void underline(qsizetype from, qsizetype length);
    void offerFields();
    void complete(const QString &field);

    QLineEdit *m_edit;
    QLabel *m_problem;
    QCompleter *m_completer;
    QTimer m_typing; // runs until the user pauses
    QString m_applied;
};

} // namespace lunargate::ui
