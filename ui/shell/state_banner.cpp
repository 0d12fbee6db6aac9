// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/state_banner.h"

#include <QHBoxLayout>
#include <QStyle>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

constexpr qsizetype kMostReasons = 6;

QString titleOf(const GatewayState &state)
{
    switch (state.condition) {
    case Condition::Error:
        return StateBanner::tr("The gateway is not running");
    case Condition::Degraded:
        return StateBanner::tr("The gateway runs, but not all is well");
    case Condition::Paused:
        return StateBanner::tr("Paused: model calls are refused until you resume");
    case Condition::Stopping:
        return StateBanner::tr("Stopping: requests under way may finish");
    case Condition::Starting:
    case Condition::Running:
        return {};
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

StateBanner::StateBanner(QWidget *parent)
    : QFrame(parent),
      m_sign(new QLabel(this)),
      m_title(new QLabel(this)),
      m_reasons(new QLabel(this)),
      m_retry(new QPushButton(tr("Try again"), this)),
      m_resume(new QPushButton(tr("Resume"), this))
{
    m_title->setObjectName("heading");
    m_reasons->setObjectName("muted");
    m_reasons->setWordWrap(true);
    m_reasons->setTextFormat(Qt::PlainText);
    m_reasons->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_title);
    texts->addWidget(m_reasons);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(12);
    layout->addWidget(m_sign, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    layout->addWidget(m_retry, 0, Qt::AlignTop);
    layout->addWidget(m_resume, 0, Qt::AlignTop);
    connect(m_retry, &QPushButton::clicked, this, &StateBanner::retryRequested);
    connect(m_resume, &QPushButton::clicked, this, &StateBanner::resumeRequested);
    hide();
}

void StateBanner::show(const GatewayState &state)
{
    const QString title = titleOf(state);
    setVisible(!title.isEmpty());
    setObjectName(state.condition == Condition::Error ? "failure" : "banner");
    style()->polish(this); // the object name chooses its look
    m_sign->setPixmap(icon(conditionGlyph(state.condition), conditionTone(state.condition)).pixmap(18, 18));
    m_title->setText(title);
    m_reasons->setText(state.reasons.first(std::min(state.reasons.size(), kMostReasons)).join(u'\n'));
    m_reasons->setVisible(!state.reasons.isEmpty());
    m_retry->setVisible(state.condition == Condition::Error);
    m_resume->setVisible(state.condition == Condition::Paused);
}

} // namespace lunargate::ui
