// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/clients/client_activity.h"
#include "ui/clients/client_config.h"
#include "ui/clients/client_view.h"
#include "ui/clients/written_files.h"
#include "ui/shell/actions.h"

#include <QListWidget>
#include <QPointer>

namespace lunargate::ui {

/// The programs that can use the gateway: how they are set up, which of them do, and their own configurations, written
/// on request. GUI thread.
class ClientsPage : public QWidget
{
    Q_OBJECT

public:
    /// `actions` outlives it.
    ClientsPage(UserPlaces places, Actions &actions);

    /// Null: there is none now. It outlives the reading.
    void setGateway(Gateway *gateway);

    void open(QByteArrayView client);
    /// Client configurations that lead here because LunarGate wrote so.
    const WrittenFiles &written() const { return m_written; }
    /// Puts all of these back; what could not be done, for people.
    QStringList restoreAll();

Q_SIGNALS:
    /// The user wants to be led through the first steps.
    void setupRequested();

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeHead();
    const Client &current() const;
    void notePlace();
    void showAll();
    void showCurrent();
    void askToWrite();
    void askToRestore();

    const UserPlaces m_places;
    GatewayPlace m_place{.address = QStringLiteral("http://127.0.0.1:8080")};
    QPointer<Gateway> m_gateway;
    ClientActivity m_activity;
    WrittenFiles m_written;
    QListWidget *m_list;
    ClientView *m_view;
    QPushButton *m_restoreAll = nullptr;
};

} // namespace lunargate::ui
