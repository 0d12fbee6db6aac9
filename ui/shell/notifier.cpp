// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/notifier.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr qsizetype kMostLines = 5;

} // namespace

Notifier::Notifier(const GatewayWatch &watch, const Settings &settings, std::chrono::milliseconds pause)
    : m_settings(settings)
{
    for (const NotificationKind kind : {NotificationKind::Circuit, NotificationKind::Key, NotificationKind::Config}) {
        QTimer &timer = m_pauses[kind].timer;
        timer.setSingleShot(true);
        timer.setInterval(pause);
        connect(&timer, &QTimer::timeout, this, [this, kind] { tellWaiting(kind); });
    }
    connect(&watch, &GatewayWatch::circuitOpened, this, [this](const QString &name, const QString &reason) {
        const QString text = reason.isEmpty() ? tr("%1 gets no requests for a while.").arg(name)
                                              : tr("%1 gets no requests for a while: %2").arg(name, reason);
        tell(NotificationKind::Circuit, {tr("Circuit opened"), text, true});
    });
    connect(&watch, &GatewayWatch::circuitClosed, this, [this](const QString &name) {
        tell(NotificationKind::Circuit, {tr("Circuit closed"), tr("%1 answers again.").arg(name), false});
    });
    connect(&watch, &GatewayWatch::keyRejected, this, [this](const QString &provider) {
        tell(NotificationKind::Key,
             {tr("Key rejected"), tr("%1 does not accept the API key of the configuration.").arg(provider), true});
    });
    connect(&watch, &GatewayWatch::configRefused, this, [this](const QString &problem) {
        tell(NotificationKind::Config,
             {tr("Configuration refused"), tr("The configuration that was running goes on. %1").arg(problem), true});
    });
}

void Notifier::tell(NotificationKind kind, Notice notice)
{
    if (!m_settings.notifiesOf(kind))
        return;
    Pause &pause = m_pauses[kind];
    pause.waiting.push_back(std::move(notice));
    if (!pause.timer.isActive())
        tellWaiting(kind);
}

void Notifier::tellWaiting(NotificationKind kind)
{
    Pause &pause = m_pauses[kind];
    const std::vector<Notice> notices = std::exchange(pause.waiting, {});
    if (notices.empty() || !m_settings.notifiesOf(kind))
        return;
    QStringList titles;
    QStringList lines;
    for (const Notice &notice : notices) {
        titles.append(notice.title);
        lines.append(notice.text);
    }
    titles.removeDuplicates();
    if (const qsizetype more = lines.size() - kMostLines; more > 0)
        lines = lines.last(kMostLines) << tr("and %1 before").arg(more);
    pause.timer.start();
    Q_EMIT notify(titles.join(QStringLiteral(", ")), lines.join(u'\n'),
                  std::ranges::any_of(notices, &Notice::isProblem));
}

} // namespace lunargate::ui
