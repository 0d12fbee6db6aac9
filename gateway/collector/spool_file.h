// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/written_report.h"

#include <optional>
#include <span>
#include <vector>

namespace lunargate {

/// The bytes of a file that keeps `reports`: what it is, its version, they, and a checksum.
QByteArray spoolFileBytes(std::span<const WrittenReport> reports);

/// The reports in such a file; nothing if it is not whole, or of another version.
std::optional<std::vector<WrittenReport>> readSpoolFile(const QByteArray &bytes);

} // namespace lunargate
