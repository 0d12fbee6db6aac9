// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/gateway_watch.h"
#include "ui/shell/settings.h"

#include <QTimer>

#include <chrono>
#include <map>
#include <vector>

namespace lunargate::ui {

/// Decides what is worth a notification of the desktop: circuits, rejected keys, refused configurations, as far as the
/// user wants them, and of each kind one in a while at the most: what comes too early is told together. GUI thread.
class Notifier : public QObject
{
    Q_OBJECT

public:
    /// `watch` and `settings` outlive it. `pause` is between two notifications of a kind.
    Notifier(const GatewayWatch &watch, const Settings &settings,
             std::chrono::milliseconds pause = std::chrono::seconds(10));

Q_SIGNALS:
    void notify(const QString &title, const QString &text, bool isProblem);

private:
    struct Notice
    {
        QString title;
        QString text;
        bool isProblem;
    };
    struct Pause
    {
        QTimer timer; // runs while nothing of the kind is told
        std::vector<Notice> waiting = {};
    };

    void tell(NotificationKind kind, Notice notice);
    void tellWaiting(NotificationKind kind);

    const Settings &m_settings;
    std::map<NotificationKind, Pause> m_pauses;
};

} // namespace lunargate::ui
