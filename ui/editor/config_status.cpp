// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_status.h"

#include <QHBoxLayout>

namespace lunargate::ui {

ConfigStatus::ConfigStatus(QWidget *parent) : QFrame(parent), m_checkSign(new QLabel), m_checkText(new QLabel)
{
    setObjectName("card");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 12, 4);
    row->setSpacing(2);
    const QString captions[] = {tr("Running"), tr("On disk"), tr("Last good")};
    for (const Which which : {Which::Running, Which::OnDisk, Which::LastGood}) {
        const auto number = static_cast<size_t>(which);
        auto *caption = new QLabel(captions[number]);
        caption->setObjectName("muted");
        auto *value = new QToolButton;
        value->setProperty("flat", true);
        value->setToolTip(tr("Compare with what is edited"));
        m_values[number] = value;
        row->addWidget(caption);
        row->addWidget(value);
        row->addSpacing(14);
        connect(value, &QToolButton::clicked, this, [this, which] { Q_EMIT asked(which); });
        show(which, {}, false);
    }
    row->addStretch(1);
    m_checkText->setTextFormat(Qt::PlainText);
    m_checkText->setAccessibleName(tr("Result of the check"));
    row->addWidget(m_checkSign);
    row->addSpacing(6);
    row->addWidget(m_checkText);
}

void ConfigStatus::show(Which which, const QString &text, bool isThere)
{
    const QString captions[] = {tr("Running"), tr("On disk"), tr("Last good")};
    const auto number = static_cast<size_t>(which);
    m_values[number]->setText(text);
    m_values[number]->setAccessibleName(captions[number] + QStringLiteral(": ") + text);
    m_values[number]->setEnabled(isThere);
}

QString ConfigStatus::text(Which which) const
{
    return m_values[static_cast<size_t>(which)]->text();
}

void ConfigStatus::showCheck(const QString &summary, bool hasErrors)
{
    if (hasErrors)
        showCheck(icon(Glyph::Cross, Tone::Error), summary);
    else if (!summary.isEmpty())
        showCheck(icon(Glyph::Caution, Tone::Warning), summary);
    else
        showCheck(icon(Glyph::Check, Tone::Ok), tr("No problems"));
}

void ConfigStatus::showCheck(const QIcon &sign, const QString &text)
{
    m_checkSign->setPixmap(sign.pixmap(14, 14));
    m_checkText->setText(text);
}

} // namespace lunargate::ui
