// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/data_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace lunargate {

QString inDataFolder(const QString &name)
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/lunargate/") + name;
}

bool makeFolderOf(const QString &path)
{
    const QDir folder = QFileInfo(path).dir();
    if (folder.exists())
        return true;
    if (!QDir().mkpath(folder.path()))
        return false;
    QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return true;
}

} // namespace lunargate
