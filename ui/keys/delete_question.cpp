// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/delete_question.h"

#include "ui/shell/plain_question.h"

#include <QCoreApplication>
#include <QPushButton>

namespace lunargate::ui {

void askToDelete(const KeyRow &key, QWidget *parent, std::function<void()> yes)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("DeleteQuestion", text); };
    const QString details =
        key.users.isEmpty()
            ? tr("Nothing in the configuration uses it. It cannot be brought back.")
            : tr("It is used by %1. The configuration cannot be used without it, once it is read anew. It cannot be "
                 "brought back.")
                  .arg(QString::fromUtf8(key.users.join(", ")));
    QMessageBox *question = newPlainQuestion(
        tr("Delete the key"), tr("Delete %1 from the keychain?").arg(QString::fromUtf8(key.name)), details, parent);
    const QPushButton *button = question->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    question->setDefaultButton(QMessageBox::Cancel);
    QObject::connect(button, &QPushButton::clicked, parent, std::move(yes));
    question->open();
}

} // namespace lunargate::ui
