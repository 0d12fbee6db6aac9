// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <expected>
#include <optional>
#include <vector>

namespace lunargate {

// How single values are written in the configuration, and how they are shown. The parsers take surrounding white space
// and give nothing for what they do not understand.

/// `true`, `yes`, `on`, `1` and their opposites, in any case.
std::optional<bool> parseBoolean(QByteArrayView text);

/// Decimal (`10_000` is allowed, `3.0` too), or hexadecimal, octal, binary with `0x`, `0o`, `0b`.
std::optional<qint64> parseInteger(QByteArrayView text);

/// A finite decimal number.
std::optional<double> parseNumber(QByteArrayView text);

enum class DurationError { MissingUnit, Malformed, OutOfRange };

/// Numbers with a unit each (`500ms`, `1h30m`, `1.5s`; units ns, us, ms, s, m, h, d), or `0`. Rounded up to
/// milliseconds, at most 10 years.
std::expected<std::chrono::milliseconds, DurationError> parseDuration(QByteArrayView text);

/// Bytes: a whole number, or a number with B, KiB, MiB, GiB (1024) or kB, MB, GB (1000), in any case.
std::optional<qint64> parseSize(QByteArrayView text);

/// Splits at commas; parts are trimmed, empty ones dropped.
std::vector<QByteArray> splitAtCommas(QByteArrayView text);

QByteArray formatNumber(double value);
QByteArray formatDuration(std::chrono::milliseconds duration);
QByteArray formatSize(qint64 bytes);

} // namespace lunargate
