// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"
#include "gateway/collector/written_report.h"

#include <QByteArray>

#include <chrono>
#include <span>

namespace lunargate {

/// A time as Go writes it (RFC 3339, UTC, no zeros at the end of the fraction): `2026-04-12T10:00:01.2Z`.
QByteArray rfc3339(std::chrono::system_clock::time_point time);

/// The events of `request`. Contents are in them only if they were to be shared when the request began and are still
/// (`allowed`). Pure but for the secrets that redaction knows.
WrittenReport writtenReport(const CollectedRequest &request, Sharing allowed);

/// What is sent to the collector: an envelope with the events of `reports`.
QByteArray collectorPayload(std::span<const WrittenReport> reports, std::chrono::system_clock::time_point now);

} // namespace lunargate
