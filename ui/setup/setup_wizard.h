// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/setup/choose_step.h"
#include "ui/setup/connect_step.h"
#include "ui/setup/find_step.h"
#include "ui/setup/port_step.h"
#include "ui/setup/setup_config.h"

#include <QDialog>
#include <QStackedWidget>

namespace lunargate::ui {

/// What the first steps are to know of the program.
struct SetupOptions
{
    QString configFile = {};  ///< absolute; where the configuration is, or would be
    bool isPortFixed = false; ///< the command line says it
    Environment environment = Environment::ofProcess();
    std::vector<LocalServer> localServers = usualLocalServers();
};

/// Leads through the first steps: what is there, which providers, which port, and a client. A configuration is written
/// at the end of the third, if there is none; whoever leaves earlier has changed nothing. GUI thread.
class SetupWizard : public QDialog
{
    Q_OBJECT

public:
    SetupWizard(const SetupOptions &options, QWidget *parent);

    /// Null: it does not run now. It outlives the reading.
    void setGateway(Gateway *gateway);

Q_SIGNALS:
    /// There is a configuration now, and the gateway does not know it yet.
    void configWritten(int port);

private:
    enum Step { Find, Choose, Port, Connect };

    QWidget *makeButtons();
    void goTo(int step);
    void goOn();
    void showText();
    /// What the file would hold; empty: nothing is to be written.
    QByteArray text() const;
    /// Whether there is nothing left to be done before a client can come.
    bool finish();

    const SetupOptions m_options;
    int m_ownPort = 0; // of the gateway that runs
    QLabel *m_count;
    QLabel *m_title;
    QStackedWidget *m_steps;
    FindStep *m_find;
    ChooseStep *m_choose;
    PortStep *m_port;
    ConnectStep *m_connect;
    QPushButton *m_skip;
    QPushButton *m_back;
    QPushButton *m_next;
};

} // namespace lunargate::ui
