// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/plain_question.h"

#include <QLabel>

namespace lunargate::ui {

QMessageBox *newPlainQuestion(const QString &title, const QString &text, const QString &details, QWidget *parent)
{
    auto *question = new QMessageBox(QMessageBox::Question, title, text, QMessageBox::Cancel, parent);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setTextFormat(Qt::PlainText);
    question->setInformativeText(details);
    // The format is that of the main text only; the label of the details exists if there are any.
    if (auto *label = question->findChild<QLabel *>(QStringLiteral("qt_msgbox_informativelabel")))
        label->setTextFormat(Qt::PlainText);
    return question;
}

} // namespace lunargate::ui
