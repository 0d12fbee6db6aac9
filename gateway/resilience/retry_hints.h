// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <chrono>
#include <optional>

namespace lunargate {

class HeaderList;

/// What a provider's answer says about trying again.
struct RetryHints
{
    /// How long it asks to wait; never negative.
    std::optional<std::chrono::milliseconds> retryAfter;
    /// `x-should-retry` (OpenAI, Anthropic): whether another try makes sense at all.
    std::optional<bool> shouldRetry;
};

/// Reads the answer's headers. `retry-after-ms` wins over `Retry-After`.
RetryHints readRetryHints(const HeaderList &headers, std::chrono::system_clock::time_point now);

/// A `Retry-After` value: seconds (providers also send fractions) or an HTTP date. Nothing for a negative time, a date
/// in the past or anything else.
std::optional<std::chrono::milliseconds> parseRetryAfter(QByteArrayView value,
                                                         std::chrono::system_clock::time_point now);

/// A `retry-after-ms` value: milliseconds, possibly with a fraction. Nothing for a negative or malformed number.
std::optional<std::chrono::milliseconds> parseRetryAfterMs(QByteArrayView value);

} // namespace lunargate
