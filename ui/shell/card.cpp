// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/card.h"

namespace lunargate::ui {

QLabel *plainLabel(const QString &text, const char *name)
{
    auto *label = new QLabel(text);
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

Card::Card(const QString &heading) : m_content(new QVBoxLayout(this))
{
    setObjectName("card");
    m_content->setContentsMargins(16, 14, 16, 14);
    m_content->setSpacing(4);
    m_content->addWidget(plainLabel(heading, "heading"));
}

} // namespace lunargate::ui
