// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/gateway.h"
#include "ui/shell/gateway_state.h"

#include <QPointer>
#include <QSet>
#include <QTimer>

#include <deque>

namespace lunargate::ui {

/// Looks at the gateway once a second, and listens to it, for tray, status bar and notifications. GUI thread.
class GatewayWatch : public QObject
{
    Q_OBJECT

public:
    /// Something that went wrong a while ago.
    struct Incident
    {
        QDateTime at;
        QString text;
        QByteArray requestId; ///< empty: it is about no single request
    };
    static constexpr size_t kMostIncidents = 10;

    GatewayWatch();

    /// Watches `gateway`, which outlives the watching, or from null on nothing.
    void watch(Gateway *gateway);
    Gateway *gateway() const { return m_gateway; }

    /// It could not be started, for these reasons.
    void setFailed(const QStringList &reasons);
    void setStopping();
    /// It is to be started, anew.
    void setStarting();

    const GatewayState &state() const { return m_state; }
    /// The newest first.
    const std::deque<Incident> &incidents() const { return m_incidents; }

    /// Model calls are refused, or no longer.
    void setPaused(bool paused);
    /// Looks at once.
    void refresh();

Q_SIGNALS:
    void stateChanged();
    void incidentsChanged();
    void circuitOpened(const QString &name, const QString &reason);
    void circuitClosed(const QString &name);
    /// A provider refused the key that the configuration has for it. Told again only after it took one.
    void keyRejected(const QString &provider);
    void configRefused(const QString &problem);

private:
    Task<> listen();
    void note(const HistoryRecord &record);
    void noteReload(const ReloadReport &report);
    void addIncident(Incident incident);
    void lookAtCircuits(QStringList &reasons);
    void noteOpen(const QString &name, const QString &reason, QStringList &reasons);
    void setState(GatewayState state);

    QPointer<Gateway> m_gateway;
    GatewayState m_state;
    QString m_refusedConfig;         // why; empty: it was not
    QSet<QString> m_openCircuits;    // told as open, and not as closed since
    QSet<QByteArray> m_rejectedKeys; // by provider
    std::deque<Incident> m_incidents;
    QTimer m_timer;
    std::unique_ptr<TaskRunner> m_listening = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui
