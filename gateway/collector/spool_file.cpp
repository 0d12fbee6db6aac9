// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/spool_file.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QFile>

#include <algorithm>

namespace lunargate {

namespace {

constexpr QByteArrayView kMagic = "LunarGate spool\n";
constexpr quint16 kVersion = 2;
constexpr auto kStreamVersion = QDataStream::Qt_6_0;
constexpr auto kChecksum = QCryptographicHash::Sha256;
constexpr qsizetype kChecksumBytes = 32;

const QString &unfinishedSuffix()
{
    static const QString text = QStringLiteral(".part");
    return text;
}

QDataStream &operator<<(QDataStream &out, const WrittenReport &report)
{
    return out << report.sharing.prompts << report.sharing.responses << report.isRest << report.events
               << report.measurement;
}

QDataStream &operator>>(QDataStream &in, WrittenReport &report)
{
    return in >> report.sharing.prompts >> report.sharing.responses >> report.isRest >> report.events >>
           report.measurement;
}

} // namespace

QString spoolFileName(const SpoolFile &file)
{
    return QStringLiteral("%1-%2.events").arg(file.number, 20, 10, QChar(u'0')).arg(file.reports);
}

QString unfinishedSpoolFileName(const SpoolFile &file)
{
    return spoolFileName(file) + unfinishedSuffix();
}

std::optional<SpoolFile> spoolFileNamed(const QString &name)
{
    const QStringList parts = name.section(u'.', 0, 0).split(u'-');
    const SpoolFile file{.number = parts.value(0).toULongLong(), .reports = parts.value(1).toLongLong()};
    return spoolFileName(file) == name ? std::optional(file) : std::nullopt;
}

std::optional<SpoolFile> unfinishedSpoolFileNamed(const QString &name)
{
    return name.endsWith(unfinishedSuffix()) ? spoolFileNamed(name.chopped(unfinishedSuffix().size())) : std::nullopt;
}

QByteArray spoolFileBytes(quint64 generation, std::span<const WrittenReport> reports)
{
    QByteArray bytes = kMagic.toByteArray();
    QDataStream out(&bytes, QDataStream::Append);
    out.setVersion(kStreamVersion);
    out << kVersion << generation << static_cast<quint32>(reports.size());
    for (const WrittenReport &report : reports)
        out << report;
    return bytes + QCryptographicHash::hash(bytes, kChecksum);
}

// The version comes first: who knows what another one has at its end.
std::expected<SpoolContents, SpoolFileProblem> spoolContents(const QByteArray &bytes)
{
    const std::unexpected damaged(SpoolFileProblem::Damaged);
    if (!bytes.startsWith(kMagic))
        return damaged;
    QDataStream in(QByteArray::fromRawData(bytes.constData() + kMagic.size(), bytes.size() - kMagic.size()));
    in.setVersion(kStreamVersion);
    quint16 version = 0;
    in >> version;
    if (in.status() == QDataStream::Ok && version != kVersion)
        return std::unexpected(SpoolFileProblem::OtherVersion);
    const qsizetype size = bytes.size() - kChecksumBytes;
    if (size < kMagic.size() ||
        QCryptographicHash::hash(QByteArrayView(bytes).first(size), kChecksum) != bytes.last(kChecksumBytes))
        return damaged;
    SpoolContents contents;
    quint32 count = 0;
    in >> contents.generation >> count;
    for (quint32 i = 0; i < count && in.status() == QDataStream::Ok; ++i)
        in >> contents.reports.emplace_back();
    if (in.status() != QDataStream::Ok)
        return damaged;
    return contents;
}

std::expected<SpoolContents, SpoolFileProblem> readSpoolFile(const QString &path, qint64 maxBytes)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly) || file.size() > maxBytes)
        return std::unexpected(SpoolFileProblem::Unreadable);
    const QByteArray bytes = file.readAll();
    if (file.error() != QFile::NoError)
        return std::unexpected(SpoolFileProblem::Unreadable);
    return spoolContents(bytes);
}

} // namespace lunargate
