// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/keys/key_text.h"

#include <QAction>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace lunargate::ui {

/// A button for `action` with a shorter text than the action's own, which stands without its page in the palette.
QToolButton *actionButton(QAction *action, const QString &text);

/// Below the table of keys: the chosen one, what can be done with it, and what came of that.
class KeyFoot : public QFrame
{
    Q_OBJECT

public:
    KeyFoot();

    void addButton(QAction *action, const QString &text) { m_buttons->addWidget(actionButton(action, text)); }
    void setName(const QString &name) { m_name->setText(name); }
    void showNote(const KeyNote &note);

private:
    QHBoxLayout *m_buttons;
    QLabel *m_name;
    QLabel *m_sign;
    QLabel *m_note;
};

} // namespace lunargate::ui
