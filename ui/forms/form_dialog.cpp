// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/form_dialog.h"

#include "ui/text/plain_tool_tip.h"

#include <QDialogButtonBox>
#include <QScrollArea>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;
using Severity = ConfigProblem::Severity;

constexpr int kFieldHeight = 30; // of a line edit

QLabel *plainLabel(const QString &text, const char *name)
{
    auto *label = new QLabel(text);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    label->setWordWrap(true); // afterwards, as it makes the height follow the width
    return label;
}

} // namespace

FormDialog::FormDialog(const QString &title, const QString &apply, Subject subject, QWidget *parent)
    : QDialog(parent),
      m_subject(std::move(subject)),
      m_check(m_subject.text, m_subject.environment),
      m_fields(new QFormLayout),
      m_preview(new DiffView),
      m_problem(plainLabel({}, "problem")),
      m_warning(plainLabel({}, "muted"))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    resize(680, 580);
    auto *content = new QWidget;
    content->setObjectName("page");
    content->setLayout(m_fields);
    m_fields->setContentsMargins(0, 0, 8, 0);
    m_fields->setHorizontalSpacing(16);
    m_fields->setVerticalSpacing(8);
    m_fields->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setWidget(content);
    area->setFocusPolicy(Qt::NoFocus);
    m_preview->setMinimumHeight(120);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_apply = buttons->addButton(apply, QDialogButtonBox::AcceptRole);
    m_apply->setEnabled(false);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(plainLabel(title, "title"));
    layout->addWidget(area, 2);
    layout->addWidget(plainLabel(tr("What changes in the file"), "heading"));
    layout->addWidget(m_preview, 1);
    layout->addWidget(m_warning);
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    m_apply->setDefault(true); // once it belongs to the dialog, which else takes the first button there is

    m_typing.setSingleShot(true);
    m_typing.setInterval(120ms);
    connect(&m_typing, &QTimer::timeout, this, &FormDialog::refresh);
    connect(buttons, &QDialogButtonBox::accepted, this, &FormDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &FormDialog::reject);
}

void FormDialog::addField(const QString &name, QWidget *field, const QString &explanation)
{
    m_fields->addRow(name, field);
    if (!explanation.isEmpty()) {
        auto *label = new QLabel(explanation);
        label->setObjectName("muted");
        m_fields->addRow(QString(), label);
        field->setAccessibleDescription(explanation);
    }
}

void FormDialog::refresh()
{
    m_typing.stop();
    m_result.clear();
    const Edited edit = edited();
    QStringList problems;
    QStringList warnings;
    if (edit) {
        problems = m_check.newProblems(*edit, Severity::Error);
        warnings = m_check.newProblems(*edit, Severity::Warning);
        if (problems.isEmpty() && *edit != m_subject.text)
            m_result = *edit;
    } else {
        problems.append(edit.error());
    }
    const QString before = QString::fromUtf8(m_subject.text);
    m_preview->setTexts(before, edit ? QString::fromUtf8(*edit) : before);
    m_problem->setText(problems.join(u'\n'));
    m_problem->setVisible(!m_problem->text().isEmpty());
    m_warning->setText(warnings.join(u'\n'));
    m_warning->setVisible(!warnings.isEmpty());
    m_apply->setEnabled(!m_result.isEmpty());
    const QString reason = m_apply->isEnabled() ? QString() : problems.value(0, tr("Nothing is changed yet"));
    m_apply->setToolTip(plainToolTip(reason));
    m_apply->setAccessibleDescription(reason);
}

void FormDialog::accept()
{
    refresh(); // what was typed last counts
    if (m_result.isEmpty())
        return;
    const QString text = QString::fromUtf8(m_result);
    const QString refusal = m_subject.take ? m_subject.take(text) : QString();
    if (!refusal.isEmpty()) {
        m_problem->setText(refusal);
        m_problem->show();
        return;
    }
    Q_EMIT applied(text);
    QDialog::accept();
}

QLineEdit *newLineEdit(const QString &accessibleName, const QString &placeholder)
{
    auto *edit = new QLineEdit;
    edit->setAccessibleName(accessibleName);
    edit->setPlaceholderText(placeholder);
    return edit;
}

QComboBox *newComboBox(const QString &accessibleName)
{
    auto *box = new QComboBox;
    box->setAccessibleName(accessibleName);
    box->setMinimumHeight(kFieldHeight);
    return box;
}

} // namespace lunargate::ui
