// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client_config.h"

#include "ui/clients/written_files.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace lunargate::ui {

namespace {

struct ClientConfig
{
    Q_DECLARE_TR_FUNCTIONS(ClientConfig)
};

} // namespace

QString UserPlaces::usualStateFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
           QStringLiteral("/lunargate/clients.ini");
}

QString configFileOf(const Client &client, const UserPlaces &places)
{
    const ClientFile &file = *client.file;
    QString folder = places.home + u'/' + QString::fromUtf8(file.folder);
    if (file.folderVariable) {
        if (const QByteArray named = places.environment.value(file.folderVariable).value_or(""); !named.isEmpty())
            folder = QString::fromUtf8(named);
    }
    return QDir::cleanPath(folder + u'/' + QString::fromUtf8(file.name));
}

QString shownPath(const QString &file, const UserPlaces &places)
{
    const QString home = places.home + u'/';
    return file.startsWith(home) ? QStringLiteral("~/") + file.sliced(home.size()) : file;
}

std::expected<ConfigChange, QString> changeFor(const Client &client, const UserPlaces &places,
                                               const GatewayPlace &place)
{
    const QString file = configFileOf(client, places);
    const auto before = WrittenFiles::read(file);
    if (!before)
        return std::unexpected(before.error());
    if (!*before && client.file->insteadOf) {
        const QString other = QFileInfo(file).path() + u'/' + QString::fromUtf8(client.file->insteadOf);
        if (QFileInfo::exists(other))
            return std::unexpected(
                ClientConfig::tr("%1 would no longer count if LunarGate made %2. Let %3 move it there first.")
                    .arg(other, file, QString::fromUtf8(client.name)));
    }
    const EditResult after = client.file->edit(before->value_or(QByteArray()), place);
    if (!after)
        return std::unexpected(ClientConfig::tr("%1 was left as it is: %2.").arg(file, after.error()));
    if (*before == *after)
        return std::unexpected(ClientConfig::tr("%1 leads to LunarGate already.").arg(file));
    return ConfigChange{.file = file, .before = *before, .after = *after};
}

} // namespace lunargate::ui
