// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/retry_hints.h"

#include "gateway/http/header_list.h"
#include "gateway/resilience/http_date.h"

#include <algorithm>
#include <cmath>

namespace lunargate {

namespace {

using namespace std::chrono;

// Anything longer means "not today" alike, and sums of it stay far from overflowing.
constexpr double kLongestWaitMs = duration<double, std::milli>(days{365}).count();

// Digits with at most one point among them: no sign, no exponent, no "inf".
std::optional<double> plainDecimal(QByteArrayView text)
{
    const QByteArrayView trimmed = text.trimmed();
    const bool isPlain = std::ranges::all_of(trimmed, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    if (!isPlain)
        return std::nullopt;
    bool isNumber = false;
    const double value = trimmed.toDouble(&isNumber);
    return isNumber ? std::optional(value) : std::nullopt;
}

milliseconds waitOf(double ms)
{
    return milliseconds{static_cast<milliseconds::rep>(std::ceil(std::min(ms, kLongestWaitMs)))};
}

std::optional<bool> parseShouldRetry(QByteArrayView value)
{
    const QByteArrayView trimmed = value.trimmed();
    if (trimmed.compare("true", Qt::CaseInsensitive) == 0)
        return true;
    if (trimmed.compare("false", Qt::CaseInsensitive) == 0)
        return false;
    return std::nullopt;
}

} // namespace

RetryHints readRetryHints(const HeaderList &headers, system_clock::time_point now)
{
    RetryHints hints;
    if (const auto value = headers.value("retry-after-ms"))
        hints.retryAfter = parseRetryAfterMs(*value);
    if (const auto value = headers.value("retry-after"); value && !hints.retryAfter)
        hints.retryAfter = parseRetryAfter(*value, now);
    if (const auto value = headers.value("x-should-retry"))
        hints.shouldRetry = parseShouldRetry(*value);
    return hints;
}

std::optional<milliseconds> parseRetryAfter(QByteArrayView value, system_clock::time_point now)
{
    if (const auto count = plainDecimal(value))
        return waitOf(*count * 1000);
    const auto date = parseHttpDate(value, floor<seconds>(now));
    if (!date || *date < now)
        return std::nullopt;
    return waitOf(duration<double, std::milli>(*date - now).count());
}

std::optional<milliseconds> parseRetryAfterMs(QByteArrayView value)
{
    const auto count = plainDecimal(value);
    return count ? std::optional(waitOf(*count)) : std::nullopt;
}

} // namespace lunargate
