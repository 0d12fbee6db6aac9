// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/diff_dialog.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

QLabel *label(const QString &text, const char *name)
{
    auto *label = new QLabel(text);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

DiffDialog::DiffDialog(const Texts &texts, const QString &before, const QString &after, QWidget *parent)
    : QDialog(parent), m_view(new DiffView)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(texts.title);
    resize(860, 560);
    m_view->setTexts(before, after);
    auto *added = new QLabel(tr("+%1 −%2 lines").arg(m_view->added()).arg(m_view->removed()));
    added->setObjectName("badge");
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(label(texts.title, "title"), 1);
    head->addWidget(added, 0, Qt::AlignVCenter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(10);
    layout->addLayout(head);
    layout->addWidget(label(texts.explanation, "muted"));
    layout->addWidget(m_view, 1);
    if (!texts.warning.isEmpty())
        layout->addWidget(label(texts.warning, "problem"));

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    auto *close = new QPushButton(texts.accept.isEmpty() ? tr("Close") : tr("Cancel"));
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    buttons->addWidget(close);
    QPushButton *first = close;
    if (!texts.accept.isEmpty()) {
        first = new QPushButton(texts.accept);
        connect(first, &QPushButton::clicked, this, &QDialog::accept);
        buttons->addWidget(first);
    }
    layout->addLayout(buttons);
    first->setDefault(true); // now that it is in the dialog
    first->setFocus();
}

} // namespace lunargate::ui
