// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/spool_file.h"

#include <QCryptographicHash>
#include <QDataStream>

#include <algorithm>

namespace lunargate {

namespace {

constexpr QByteArrayView kMagic = "LunarGate spool\n";
constexpr quint16 kVersion = 1;
constexpr auto kStreamVersion = QDataStream::Qt_6_0;
constexpr auto kChecksum = QCryptographicHash::Sha256;
constexpr qsizetype kChecksumBytes = 32;

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

QByteArray spoolFileBytes(std::span<const WrittenReport> reports)
{
    QByteArray bytes = kMagic.toByteArray();
    QDataStream out(&bytes, QDataStream::Append);
    out.setVersion(kStreamVersion);
    out << kVersion << static_cast<quint32>(reports.size());
    for (const WrittenReport &report : reports)
        out << report;
    return bytes + QCryptographicHash::hash(bytes, kChecksum);
}

std::optional<std::vector<WrittenReport>> readSpoolFile(const QByteArray &bytes)
{
    const qsizetype size = bytes.size() - kChecksumBytes;
    if (size < kMagic.size() || !bytes.startsWith(kMagic))
        return std::nullopt;
    const QByteArrayView contents = QByteArrayView(bytes).first(size);
    if (QCryptographicHash::hash(contents, kChecksum) != bytes.last(kChecksumBytes))
        return std::nullopt;
    QDataStream in(QByteArray::fromRawData(contents.data() + kMagic.size(), size - kMagic.size()));
    in.setVersion(kStreamVersion);
    quint16 version = 0;
    quint32 count = 0;
    in >> version >> count;
    if (version != kVersion)
        return std::nullopt;
    std::vector<WrittenReport> reports;
    for (quint32 i = 0; i < count && in.status() == QDataStream::Ok; ++i)
        in >> reports.emplace_back();
    return in.status() == QDataStream::Ok ? std::optional(std::move(reports)) : std::nullopt;
}

} // namespace lunargate
