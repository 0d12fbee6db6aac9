// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/change_dialog.h"

#include "gateway/observability/redaction.h"
#include "ui/shell/diff_view.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

/// Without the keys that stand in it.
QString shown(QByteArray text)
{
    blotOutSecrets(text);
    return QString::fromUtf8(text);
}

} // namespace

ChangeDialog::ChangeDialog(const Change &change, QWidget *parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(change.title);
    auto *explanation = new QLabel(change.explanation);
    explanation->setTextFormat(Qt::PlainText);
    explanation->setWordWrap(true);
    auto *diff = new DiffView;
    diff->setTexts(shown(change.before), shown(change.after));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton *yes = buttons->addButton(change.yes, QDialogButtonBox::AcceptRole);
    yes->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(explanation);
    layout->addWidget(diff, 1);
    layout->addWidget(buttons);
    resize(680, 460);
    yes->setFocus();
}

} // namespace lunargate::ui
