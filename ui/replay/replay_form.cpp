// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/replay_form.h"

#include <QFormLayout>
#include <QHBoxLayout>

namespace lunargate::ui {

ReplayForm::ReplayForm(std::vector<ReplayTarget> targets, const QByteArray &body, QWidget *parent)
    : QWidget(parent),
      m_targets(std::move(targets)),
      m_target(new QComboBox),
      m_times(new QSpinBox),
      m_usesCache(new QCheckBox(tr("An answer from the &cache will do"))),
      m_body(new BodyEditor(body)),
      m_send(new QPushButton(tr("&Send"))),
      m_cancel(new QPushButton(tr("Ca&ncel")))
{
    for (const ReplayTarget &target : m_targets)
        m_target->addItem(target.text);
    m_target->setAccessibleName(tr("Route or model"));
    m_target->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_times->setRange(1, kMostTimes);
    m_times->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_times->setAccessibleName(tr("How often"));
    m_times->setToolTip(tr("One after the other"));
    m_usesCache->setToolTip(tr("Otherwise the provider is asked, whatever the gateway keeps"));
    m_send->setDefault(true);
    m_send->setToolTip(tr("Sends it as you see it (Ctrl+Return)"));
    setBusy(false);
    setFocusProxy(m_target);

    auto *form = new QFormLayout;
    form->setSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("To"), m_target);
    form->addRow(tr("Times"), m_times);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_send);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(form);
    column->addWidget(m_usesCache);
    column->addWidget(m_body, 1);
    column->addLayout(buttons);

    connect(m_body, &BodyEditor::checked, this, &ReplayForm::enable);
    connect(m_send, &QPushButton::clicked, this, &ReplayForm::send);
    connect(m_cancel, &QPushButton::clicked, this, &ReplayForm::cancelRequested);
    enable();
}

ReplayTerms ReplayForm::terms() const
{
    return {.body = m_body->body(),
            .route = target().route,
            .model = target().model,
            .mayUseCache = m_usesCache->isChecked()};
}

void ReplayForm::setClosed(bool isClosed)
{
    m_isClosed = isClosed;
    enable();
}

void ReplayForm::send()
{
    if (m_send->isEnabled())
        Q_EMIT sendRequested();
}

void ReplayForm::enable()
{
    m_send->setEnabled(!m_isClosed && m_body->problem().isEmpty());
}

} // namespace lunargate::ui
