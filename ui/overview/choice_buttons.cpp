// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/choice_buttons.h"

#include <QHBoxLayout>
#include <QToolButton>

namespace lunargate::ui {

ChoiceButtons::ChoiceButtons(const QString &accessibleName, const QStringList &texts) : m_group(new QButtonGroup(this))
{
    setAccessibleName(accessibleName);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    for (const QString &text : texts) {
        auto *button = new QToolButton;
        button->setText(text);
        button->setCheckable(true);
        button->setAccessibleName(QStringLiteral("%1: %2").arg(accessibleName, text));
        m_group->addButton(button, row->count());
        row->addWidget(button);
    }
    connect(m_group, &QButtonGroup::buttonToggled, this, [this](QAbstractButton *button, bool isOn) {
        if (isOn)
            setFocusProxy(button);
    });
    connect(m_group, &QButtonGroup::idClicked, this, &ChoiceButtons::chosen);
}

} // namespace lunargate::ui
