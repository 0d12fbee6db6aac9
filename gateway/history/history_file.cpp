// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_file.h"

#include "gateway/config/data_folder.h"
#include "gateway/history/history_schema.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QtEndian>

namespace lunargate {

namespace {

constexpr QFile::Permissions kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner;

// https://www.sqlite.org/fileformat.html, "The Database Header"
constexpr QByteArrayView kMagic("SQLite format 3", 16); // with the zero byte
constexpr qsizetype kApplicationIdAt = 68;
constexpr qint64 kHeaderBytes = kApplicationIdAt + 4;

/// Whether a file that begins so is a history, or an empty file that can become one.
bool isHistory(const QByteArray &header)
{
    if (header.isEmpty())
        return true;
    return header.size() == kHeaderBytes && header.startsWith(kMagic) &&
           qFromBigEndian<quint32>(header.constData() + kApplicationIdAt) == kHistoryApplicationId;
}

} // namespace

QString historyPath(const QByteArray &configured)
{
    if (configured == ":memory:")
        return {};
    if (!configured.isEmpty())
        return QFileInfo(QString::fromUtf8(configured)).absoluteFilePath();
    return inDataFolder(QStringLiteral("history.sqlite"));
}

HistoryResult<void> makeHistoryFile(const QString &configured)
{
    // Through a link that leads nowhere (yet), too.
    const QFileInfo info(configured);
    const QString path = info.isSymLink() ? info.symLinkTarget() : configured;
    const auto problem = [](const QByteArray &text, HistoryProblem::Kind kind = HistoryProblem::Kind::Unusable) {
        return std::unexpected(HistoryProblem{kind, text});
    };
    if (!makeFolderOf(path))
        return problem("its folder cannot be made");
    QFile file(path);
    if (!file.exists())
        return file.open(QFile::WriteOnly | QFile::NewOnly, kOwnerOnly) ? HistoryResult<void>()
                                                                        : problem(file.errorString().toUtf8());
    if (!QFileInfo(path).isFile())
        return problem("it is no file");
    if (!file.open(QFile::ReadOnly))
        return problem(file.errorString().toUtf8());
    if (!isHistory(file.read(kHeaderBytes)))
        return problem("it is a file of something else; name another one with history.path, or remove it",
                       HistoryProblem::Kind::Foreign);
    // The files that SQLite makes beside it get the same.
    if (file.permissions().testAnyFlags(QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther))
        file.setPermissions(file.permissions() & (kOwnerOnly | QFile::ExeOwner));
    return {};
}

QString moveHistoryAside(const QString &path)
{
    const QString from = QFileInfo(path).canonicalFilePath(); // a link to it stays
    const QString to = from + QStringLiteral(".broken-") +
                       QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmsszzz"));
    if (from.isEmpty() || !QFile::rename(from, to))
        return {};
    for (const QString &suffix : {QStringLiteral("-wal"), QStringLiteral("-shm")}) {
        if (QFile::exists(from + suffix) && !QFile::rename(from + suffix, to + suffix)) {
            QFile::rename(to, from); // with what is left of it, another file would not be empty
            return {};
        }
    }
    return to;
}

} // namespace lunargate
