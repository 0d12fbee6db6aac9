// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/autostart.h"
#include "ui/shell/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include <functional>

namespace lunargate::ui {

/// What the user can set in the desktop app. Everything acts at once.
class SettingsPage : public QWidget
{
    Q_OBJECT

public:
    /// `startCommand` tells what the desktop is to run at login; it is asked when the user wants that. The others
    /// outlive it.
    SettingsPage(Settings &settings, Theme &theme, Autostart autostart,
                 const std::function<StartCommand()> &startCommand);

    /// The theme was changed elsewhere.
    void showTheme();

private:
    QWidget *makeAppearance();
    QWidget *makeStart(const std::function<StartCommand()> &startCommand);
    QWidget *makeNotifications();
    void setAutostart(bool on, const std::function<StartCommand()> &startCommand);

    Settings &m_settings;
    Theme &m_theme;
    Autostart m_autostart;
    QComboBox *m_themeChoice = nullptr;
    QCheckBox *m_startAtLogin = nullptr;
    QLabel *m_problem = nullptr;
};

} // namespace lunargate::ui
