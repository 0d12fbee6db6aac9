// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_file.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace lunargate {

namespace {

constexpr QFile::Permissions kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner;

} // namespace

QString historyPath(const QByteArray &configured)
{
    if (configured == ":memory:")
        return {};
    if (!configured.isEmpty())
        return QFileInfo(QString::fromUtf8(configured)).absoluteFilePath();
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    return folder + QStringLiteral("/lunargate/history.sqlite");
}

QByteArray makeHistoryFile(const QString &path)
{
    const QFileInfo info(path);
    const QDir folder = info.dir();
    if (!folder.exists()) {
        if (!QDir().mkpath(folder.path()))
            return "the folder " + folder.path().toUtf8() + " cannot be made";
        QFile::setPermissions(folder.path(), kOwnerOnly | QFile::ExeOwner);
    }
    QFile file(path);
    if (!file.exists())
        return file.open(QFile::WriteOnly | QFile::NewOnly, kOwnerOnly) ? QByteArray() : file.errorString().toUtf8();
    if (!info.isFile())
        return "it is no file";
    // The files that SQLite makes beside it get the same.
    if (file.permissions().testAnyFlags(QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther))
        file.setPermissions(file.permissions() & (kOwnerOnly | QFile::ExeOwner));
    return {};
}

QString moveHistoryAside(const QString &path)
{
    const QString to = path + QStringLiteral(".broken-") +
                       QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmsszzz"));
    for (const char *suffix : {"-wal", "-shm"})
        QFile::rename(path + QString::fromLatin1(suffix), to + QString::fromLatin1(suffix));
    return QFile::rename(path, to) ? to : QString();
}

} // namespace lunargate
