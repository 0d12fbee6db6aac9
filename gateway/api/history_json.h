// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/json/text_writer.h"

namespace lunargate {

/// Writes a record as an object, as docs/history.md describes it; with what was said, where the record has that.
void appendHistoryRecord(json::TextWriter &json, const HistoryRecord &record);

/// As numbers of milliseconds are written: with three places after the point at most.
double inMilliseconds(std::chrono::microseconds duration);

/// A member with a duration in milliseconds; null if it is not known.
void appendMilliseconds(json::TextWriter &json, QByteArrayView name, std::optional<std::chrono::microseconds> duration);

} // namespace lunargate
