// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/written_report.h"

#include <expected>
#include <optional>
#include <span>
#include <vector>

namespace lunargate {

/// What a file of the spool is named by.
struct SpoolFile
{
    quint64 number = 0; ///< the oldest has the smallest
    qint64 reports = 0; ///< that count
    qint64 bytes = 0;   ///< not in its name
};

/// `<20 digits>-<reports>.events`, and while it is written with `.part` behind it.
QString spoolFileName(const SpoolFile &file);
QString unfinishedSpoolFileName(const SpoolFile &file);
/// The same backwards; nothing for names that are none of these, byte for byte.
std::optional<SpoolFile> spoolFileNamed(const QString &name);
std::optional<SpoolFile> unfinishedSpoolFileNamed(const QString &name);

/// What such a file keeps.
struct SpoolContents
{
    quint64 generation = 0; ///< changes whenever less may be told than before
    std::vector<WrittenReport> reports = {};

    bool operator==(const SpoolContents &) const = default;
};

enum class SpoolFileProblem {
    Unreadable,   ///< now; perhaps not later
    OtherVersion, ///< written by another version of the gateway
    Damaged,
};

/// What it is, its version, the contents, and a checksum.
QByteArray spoolFileBytes(quint64 generation, std::span<const WrittenReport> reports);
std::expected<SpoolContents, SpoolFileProblem> spoolContents(const QByteArray &bytes);

/// Reads a file that must not be larger than `maxBytes`.
std::expected<SpoolContents, SpoolFileProblem> readSpoolFile(const QString &path, qint64 maxBytes);

} // namespace lunargate
