// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/environment.h"
#include "ui/clients/client.h"

#include <QDir>

#include <optional>

namespace lunargate::ui {

/// Where the user's own files are.
struct UserPlaces
{
    /// `lunargate/clients.ini` of the user's data folder.
    static QString usualStateFile();

    QString home = QDir::homePath();
    Environment environment = Environment::ofProcess();
    QString stateFile = usualStateFile(); ///< which client configurations were written
};

/// Where the client's own configuration is, or would be; it has one.
QString configFileOf(const Client &client, const UserPlaces &places);

/// For people: `~` is the home folder.
QString shownPath(const QString &file, const UserPlaces &places);

/// What would be written into a file.
struct ConfigChange
{
    QString file;
    std::optional<QByteArray> before; ///< nothing: it is not there
    QByteArray after;
};

/// How the client's own configuration would be pointed at the gateway, or why that cannot be done; for people.
std::expected<ConfigChange, QString> changeFor(const Client &client, const UserPlaces &places,
                                               const GatewayPlace &place);

} // namespace lunargate::ui
