// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/gateway_watch.h"

#include <QMenu>
#include <QSystemTrayIcon>

#include <memory>

namespace lunargate::ui {

/// The program's place in the desktop's tray: an icon that tells the state, and a menu. Where there is no tray, nothing
/// is seen of it. GUI thread.
class Tray : public QObject
{
    Q_OBJECT

public:
    /// Outlived by `watch`.
    explicit Tray(GatewayWatch &watch);

    void show() { m_icon.show(); }
    void hide() { m_icon.hide(); }
    static bool isAvailable() { return QSystemTrayIcon::isSystemTrayAvailable(); }

    void notify(const QString &title, const QString &text, bool isProblem);

    QMenu &menu() { return *m_menu; }
    const QSystemTrayIcon &icon() const { return m_icon; }

Q_SIGNALS:
    void openRequested();
    /// A request that failed is to be shown.
    void requestChosen(const QByteArray &id);
    void quitRequested();

private:
    void addClients();
    void showState();
    void showIncidents();
    QString baseUrl() const;

    GatewayWatch &m_watch;
    std::unique_ptr<QMenu> m_menu; // outlives the icon
    QSystemTrayIcon m_icon;
    QAction *m_state;
    QAction *m_copyUrl;
    QMenu *m_clients;
    QAction *m_pause;
    QMenu *m_incidents;
};

} // namespace lunargate::ui
