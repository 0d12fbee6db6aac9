// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_foot.h"

#include <QVBoxLayout>

namespace lunargate::ui {

QToolButton *actionButton(QAction *action, const QString &text)
{
    action->setIconText(text);
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setAccessibleName(action->text());
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

KeyFoot::KeyFoot() : m_buttons(new QHBoxLayout), m_name(new QLabel), m_sign(new QLabel), m_note(new QLabel)
{
    setObjectName("card");
    m_name->setObjectName("heading");
    m_name->setTextFormat(Qt::PlainText);
    m_buttons->setSpacing(8);
    m_buttons->addWidget(m_name, 1);
    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *note = new QHBoxLayout;
    note->setSpacing(8);
    note->addWidget(m_sign, 0, Qt::AlignTop);
    note->addWidget(m_note, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 10, 12, 10);
    layout->setSpacing(8);
    layout->addLayout(m_buttons);
    layout->addLayout(note);
    showNote({});
}

void KeyFoot::showNote(const KeyNote &note)
{
    m_sign->setVisible(!note.text.isEmpty());
    m_note->setVisible(!note.text.isEmpty());
    m_sign->setPixmap(icon(signOf(note.tone, Glyph::Ring), note.tone).pixmap(16, 16));
    m_note->setText(note.text);
}

} // namespace lunargate::ui
