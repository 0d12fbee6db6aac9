// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/rate_limit_names.h"

#include "gateway/pipeline/limit_headers.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <array>

namespace lunargate::headers {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct RateLimitName
{
    QByteArrayView openAi;
    QByteArrayView anthropic;
    bool isReset = false;
};

constexpr std::array<RateLimitName, 6> kNames = {{
    {"x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit"},
    {"x-ratelimit-remaining-requests", "anthropic-ratelimit-requests-remaining"},
    {"x-ratelimit-reset-requests", "anthropic-ratelimit-requests-reset", true},
    {"x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit"},
    {"x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining"},
    {"x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset", true},
}};
// Longer waits are none, and would leave the range of times.
constexpr double kMostSeconds = 1e9;

bool isNumber(const QByteArray &text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<double> secondsOf(QByteArrayView unit)
{
    constexpr double kMinute = 60;
    constexpr double kHour = 3600;
    constexpr double kDay = 24 * kHour;
    if (unit.isEmpty() || unit == "s")
        return 1;
    if (unit == "ms")
        return 1e-3;
    if (unit == "m")
        return kMinute;
    if (unit == "h")
        return kHour;
    return unit == "d" ? std::optional(kDay) : std::nullopt;
}

std::optional<QByteArray> dateOf(const QByteArray &reset, WallTime now)
{
    return readResetText(reset).transform([now](nanoseconds time) { return resetDate(time, now); });
}

std::optional<QByteArray> timeOf(const QByteArray &reset, WallTime now)
{
    const QDateTime at = QDateTime::fromString(QString::fromLatin1(reset), Qt::ISODateWithMs);
    if (!at.isValid())
        return std::nullopt;
    using std::chrono::milliseconds;
    const milliseconds wait =
        milliseconds(at.toMSecsSinceEpoch()) - std::chrono::floor<milliseconds>(now).time_since_epoch();
    if (std::chrono::duration<double>(wait).count() > kMostSeconds)
        return std::nullopt;
    return resetText(std::max<nanoseconds>(wait, 0ns));
}

} // namespace

HeaderList translatedRateLimits(const HeaderList &provider, ChatProtocol client, WallTime now)
{
    const bool isForAnthropic = client == ChatProtocol::AnthropicMessages;
    HeaderList translated;
    for (const RateLimitName &name : kNames) {
        const std::optional<QByteArray> told = provider.value(isForAnthropic ? name.openAi : name.anthropic);
        if (!told)
            continue;
        std::optional<QByteArray> value = isNumber(*told) ? told : std::nullopt;
        if (name.isReset)
            value = isForAnthropic ? dateOf(*told, now) : timeOf(*told, now);
        if (value)
            translated.add((isForAnthropic ? name.anthropic : name.openAi).toByteArray(), *std::move(value));
    }
    return translated;
}

QByteArray resetDate(nanoseconds time, WallTime now)
{
    const auto at = now + std::chrono::duration_cast<WallTime::duration>(std::max(time, 0ns));
    const qint64 second = std::chrono::ceil<std::chrono::seconds>(at).time_since_epoch().count();
    return QDateTime::fromSecsSinceEpoch(second, QTimeZone::UTC).toString(Qt::ISODate).toLatin1();
}

std::optional<nanoseconds> readResetText(QByteArrayView text)
{
    const auto isDigit = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    double seconds = 0;
    QByteArrayView rest = text.trimmed();
    if (rest.isEmpty())
        return std::nullopt;
    while (!rest.isEmpty()) {
        const qsizetype numberEnd = std::ranges::find_if_not(rest, isDigit) - rest.begin();
        const QByteArrayView behind = rest.sliced(numberEnd);
        const qsizetype unitEnd = std::ranges::find_if(behind, isDigit) - behind.begin();
        bool isRead = false;
        const double count = rest.first(numberEnd).toDouble(&isRead);
        const std::optional<double> unit = secondsOf(behind.first(unitEnd));
        if (!isRead || !unit)
            return std::nullopt;
        seconds += count * *unit;
        rest = behind.sliced(unitEnd);
    }
    if (seconds > kMostSeconds)
        return std::nullopt;
    return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

} // namespace lunargate::headers
