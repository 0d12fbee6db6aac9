// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/secret_edit.h"

namespace lunargate::ui {

SecretEdit::SecretEdit(QWidget *parent) : QLineEdit(parent)
{
    setEchoMode(QLineEdit::Password);
    setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    setDragEnabled(false);
}

SecretString SecretEdit::take()
{
    QString typed = text();
    SecretString secret(typed.trimmed().toUtf8());
    typed.fill(u'\0');
    wipe();
    return secret;
}

void SecretEdit::wipe()
{
    // Replacing the text also empties the history of changes.
    setText(QString(text().size(), u' '));
    setText({});
}

} // namespace lunargate::ui
