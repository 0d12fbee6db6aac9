// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"

#include <QByteArray>

#include <chrono>
#include <span>

namespace lunargate {

/// A time as Go writes it (RFC 3339, UTC, no zeros at the end of the fraction): `2026-04-12T10:00:01.2Z`.
QByteArray rfc3339(std::chrono::system_clock::time_point time);

/// What is sent to the collector: an envelope with the events of `requests`. Contents are in it only if they were to be
/// shared when the request began and are still (`allowed`). Pure but for the secrets that redaction knows.
QByteArray collectorPayload(std::span<const CollectedRequest> requests, Sharing allowed,
                            std::chrono::system_clock::time_point now);

} // namespace lunargate
