// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/choose_step.h"

#include <QHBoxLayout>

#include <algorithm>

namespace lunargate::ui {

ChooseStep::ChooseStep()
    : m_card(new Card(tr("Providers"))),
      m_list(new QVBoxLayout),
      m_none(
          plainLabel(tr("No provider was found. Go on without one: the simulator answers, and providers can be added "
                        "at any time."),
                     "muted")),
      m_defaultRow(new QWidget),
      m_default(new QComboBox)
{
    m_list->setSpacing(2);
    m_card->content().addLayout(m_list);
    m_card->content().addWidget(m_none);
    m_default->setAccessibleName(tr("Provider for requests that name none"));
    auto *label = new QLabel(tr("Requests that name no &provider go to"));
    label->setBuddy(m_default);
    auto *row = new QHBoxLayout(m_defaultRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(label);
    row->addWidget(m_default);
    row->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(plainLabel(tr("Those that you choose get into the configuration. Keys are tried with the first "
                                    "request, not before."),
                                 "muted"));
    column->addWidget(m_card);
    column->addWidget(m_defaultRow);
    column->addStretch(1);
    showDefaults();
}

void ChooseStep::setFound(const std::vector<FoundProvider> &found)
{
    if (found == m_found)
        return;
    for (QCheckBox *box : m_boxes)
        box->deleteLater();
    m_boxes.clear();
    m_found = found;
    for (const FoundProvider &provider : m_found) {
        auto *box = new QCheckBox(describe(provider).replace(u'&', QStringLiteral("&&")));
        box->setChecked(provider.isUsable());
        box->setEnabled(provider.isUsable());
        connect(box, &QCheckBox::toggled, this, &ChooseStep::showDefaults);
        m_list->addWidget(box);
        m_boxes.push_back(box);
    }
    m_none->setVisible(m_found.empty());
    showDefaults();
}

void ChooseStep::showDefaults()
{
    const QString before = m_default->currentText();
    m_default->clear();
    for (size_t i = 0; i < m_found.size(); ++i) {
        if (m_boxes[i]->isChecked())
            m_default->addItem(QString::fromUtf8(m_found[i].id));
    }
    m_default->setCurrentIndex(std::max(0, m_default->findText(before)));
    m_defaultRow->setVisible(m_default->count() > 1);
}

std::vector<FoundProvider> ChooseStep::chosen() const
{
    std::vector<FoundProvider> chosen;
    for (size_t i = 0; i < m_found.size(); ++i) {
        if (m_boxes[i]->isChecked())
            chosen.push_back(m_found[i]);
    }
    const QByteArray first = m_default->currentText().toUtf8();
    std::ranges::stable_partition(chosen, [&first](const FoundProvider &one) { return one.id == first; });
    return chosen;
}

} // namespace lunargate::ui
