// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/setup/setup_wizard.h"
#include "ui/shell/settings.h"

#include <QPointer>

namespace lunargate::ui {

/// When the user is led through the first steps: once by itself where there is no configuration, and on request. GUI
/// thread.
class FirstSteps : public QObject
{
    Q_OBJECT

public:
    /// Without a file in `options` there are none. The others outlive it.
    FirstSteps(SetupOptions options, Settings &settings, QWidget &window);

    /// Null: it does not run now. It outlives the reading.
    void setGateway(Gateway *gateway);

    /// Shows them if it is time for that, and the window is seen.
    void offer();
    void open();

    /// Null: it is closed.
    SetupWizard *wizard() const { return m_wizard; }

Q_SIGNALS:
    /// There is a configuration now, and the gateway does not know it yet.
    void configWritten(int port);

private:
    const SetupOptions m_options;
    Settings &m_settings;
    QWidget &m_window;
    Gateway *m_gateway = nullptr;
    QPointer<SetupWizard> m_wizard;
};

} // namespace lunargate::ui
