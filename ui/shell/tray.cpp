// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tray.h"

#include "ui/shell/client_environment.h"

#include <QClipboard>
#include <QGuiApplication>

namespace lunargate::ui {

Tray::Tray(GatewayWatch &watch) : m_watch(watch), m_menu(std::make_unique<QMenu>())
{
    m_state = m_menu->addAction(QString());
    m_state->setEnabled(false);
    m_menu->addSeparator();
    m_copyUrl =
        m_menu->addAction(tr("Copy base URL"), this, [this] { QGuiApplication::clipboard()->setText(baseUrl()); });
    m_clients = m_menu->addMenu(tr("Copy environment for"));
    addClients();
    m_pause = m_menu->addAction(QString(), this,
                                [this] { m_watch.setPaused(m_watch.state().condition != Condition::Paused); });
    m_incidents = m_menu->addMenu(tr("Recent errors"));
    m_menu->addSeparator();
    m_menu->addAction(tr("Open LunarGate"), this, &Tray::openRequested);
    m_menu->addAction(tr("Quit"), this, &Tray::quitRequested);
    m_icon.setContextMenu(m_menu.get());

    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
            Q_EMIT openRequested();
    });
    connect(&m_icon, &QSystemTrayIcon::messageClicked, this, &Tray::openRequested);
    connect(&watch, &GatewayWatch::stateChanged, this, &Tray::showState);
    connect(&watch, &GatewayWatch::incidentsChanged, this, &Tray::showIncidents);
    showState();
    showIncidents();
}

void Tray::notify(const QString &title, const QString &text, bool isProblem)
{
    m_icon.showMessage(title, text, isProblem ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information);
}

void Tray::addClients()
{
    for (const ClientEnvironment &client : clientEnvironments()) {
        m_clients->addAction(QString::fromUtf8(client.name), this, [this, client] {
            QGuiApplication::clipboard()->setText(client.text(m_watch.state().address));
        });
    }
}

void Tray::showState()
{
    const GatewayState &state = m_watch.state();
    QStringList lines{summary(state)};
    if (!state.address.isEmpty())
        lines.append(state.address);
    m_icon.setIcon(stateIcon(state.condition));
    m_icon.setToolTip(QStringLiteral("LunarGate\n%1").arg((lines + state.reasons).join(u'\n')));
    m_state->setText(lines.join(QStringLiteral(" · ")));
    m_state->setIcon(ui::icon(conditionGlyph(state.condition), conditionTone(state.condition)));
    m_copyUrl->setEnabled(!state.address.isEmpty());
    m_clients->setEnabled(!state.address.isEmpty());
    const bool isPaused = state.condition == Condition::Paused;
    m_pause->setText(isPaused ? tr("Resume") : tr("Pause"));
    m_pause->setEnabled(isPaused || state.condition == Condition::Running || state.condition == Condition::Degraded);
}

void Tray::showIncidents()
{
    m_incidents->clear();
    for (const GatewayWatch::Incident &incident : m_watch.incidents()) {
        QString text = incident.at.toString(QStringLiteral("HH:mm:ss  ")) + incident.text.left(90);
        QAction *action = m_incidents->addAction(text.replace(u'&', QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, id = incident.requestId] {
            Q_EMIT openRequested();
            if (!id.isEmpty())
                Q_EMIT requestChosen(id);
        });
    }
    m_incidents->setEnabled(!m_incidents->isEmpty());
}

QString Tray::baseUrl() const
{
    return m_watch.state().address + QStringLiteral("/v1");
}

} // namespace lunargate::ui
