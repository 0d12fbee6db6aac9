// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace lunargate::ui {

/// What starts the program as it was started now.
struct StartCommand
{
    QStringList arguments; ///< the program's absolute path first
    QString folder;        ///< where it was started: the one that holds `.env`, and relative paths count from
};

/// Whether the program starts when the user logs in: a file in the desktop's autostart folder (XDG Desktop Application
/// Autostart Specification), where the desktop's own settings show it too.
class Autostart
{
public:
    /// In the user's folder for it.
    Autostart();
    explicit Autostart(QString folder) : m_folder(std::move(folder)) {}

    bool isOn() const;
    /// On failure a sentence for the user, else an empty text.
    QString turnOn(const StartCommand &command) const;
    QString turnOff() const;

    QString file() const;

private:
    QString m_folder;
};

} // namespace lunargate::ui
