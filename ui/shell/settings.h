// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QMap>
#include <QSettings>
#include <QStringList>

namespace lunargate::ui {

/// What notifications can be about. Each kind can be switched off.
enum class NotificationKind { Circuit, Key, Config };

/// What the user has set in the desktop app, in `lunargate/desktop.ini` of the user's configuration folder. It is about
/// this app only; what the gateway does is in its own configuration. GUI thread.
class Settings
{
public:
    Settings();
    /// In that file.
    explicit Settings(const QString &file);

    Theme::Choice theme() const;
    void setTheme(Theme::Choice choice);

    bool startsMinimised() const;
    void setStartsMinimised(bool minimised);
    /// Whether closing the window keeps the program in the tray; else it asks once in a while.
    bool closesToTray() const;
    void setClosesToTray(bool toTray);
    /// That the window is only hidden was said once.
    bool hasToldOfTray() const;
    void setToldOfTray();

    /// The first steps were shown once.
    bool hasSeenSetup() const;
    void setSeenSetup();

    bool notifiesOf(NotificationKind kind) const;
    void setNotifiesOf(NotificationKind kind, bool notifies);

    /// Filters by the name that the user gave them.
    QMap<QString, QString> savedFilters() const;
    void setSavedFilters(const QMap<QString, QString> &filters);
    /// Ids of requests that the user wants to find again.
    QStringList pinnedRequests() const;
    void setPinnedRequests(const QStringList &ids);

    /// Geometry and such of a widget, by its object name.
    QByteArray layoutOf(const QString &widget) const;
    void setLayoutOf(const QString &widget, const QByteArray &layout);

private:
    QSettings m_file;
};

} // namespace lunargate::ui
