// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/scalar_text.h"

#include <QList>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

template <typename Number, typename... Format>
std::optional<Number> parseAll(QByteArrayView text, Format... format)
{
    Number value{};
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, format...);
    return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

struct Unit
{
    QByteArrayView name;
    double factor = 0;
};

const Unit *findUnit(std::span<const Unit> units, QByteArrayView name)
{
    const auto found = std::ranges::find_if(
        units, [name](const Unit &unit) { return unit.name.compare(name, Qt::CaseInsensitive) == 0; });
    return found == units.end() ? nullptr : &*found;
}

constexpr Unit kTimeUnits[] = { // in milliseconds
    {"ns", 1e-6}, {"us", 1e-3}, {"\u00B5s", 1e-3}, {"\u03BCs", 1e-3}, {"ms", 1},
    {"s", 1e3},   {"m", 6e4},   {"h", 3.6e6},      {"d", 8.64e7}};

constexpr Unit kSizeUnits[] = {{"B", 1},    {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824},
                               {"kB", 1e3}, {"MB", 1e6},   {"GB", 1e9}};

/// Takes the number at the beginning of `text` off it.
std::optional<double> takeNumber(QByteArrayView &text)
{
    const auto end = std::ranges::find_if(text, [](char c) { return !isDigit(c) && c != '.'; });
    const QByteArrayView number = text.first(end - text.begin());
    text = text.sliced(number.size());
    return parseNumber(number);
}

/// Takes the letters at the beginning of `text` off it.
QByteArrayView takeUnit(QByteArrayView &text)
{
    const auto end = std::ranges::find_if(text, [](char c) { return isDigit(c) || c == '.'; });
    const QByteArrayView unit = text.first(end - text.begin());
    text = text.sliced(unit.size());
    return unit;
}

} // namespace

std::optional<bool> parseBoolean(QByteArrayView text)
{
    const QByteArray word = text.trimmed().toByteArray().toLower();
    if (word == "true" || word == "yes" || word == "on" || word == "1")
        return true;
    if (word == "false" || word == "no" || word == "off" || word == "0")
        return false;
    return std::nullopt;
}

std::optional<qint64> parseInteger(QByteArrayView text)
{
    QByteArray digits = text.trimmed().toByteArray();
    const bool isNegative = digits.startsWith('-');
    if (isNegative || digits.startsWith('+'))
        digits.remove(0, 1);
    // An underscore separates digits (YAML 1.1), so there is one on both sides.
    for (qsizetype i = digits.indexOf('_'); i >= 0; i = digits.indexOf('_', i)) {
        if (i == 0 || i + 1 == digits.size() || !isDigit(digits[i - 1]) || !isDigit(digits[i + 1]))
            return std::nullopt;
        digits.remove(i, 1);
    }
    if (digits.isEmpty() || !isDigit(digits.front()))
        return std::nullopt;
    const QByteArray prefix = digits.first(std::min<qsizetype>(2, digits.size())).toLower();
    const int base = prefix == "0x" ? 16 : prefix == "0o" ? 8 : prefix == "0b" ? 2 : 10;
    // Unsigned, because the sign is gone and must not come again behind a prefix.
    std::optional<quint64> value = parseAll<quint64>(base == 10 ? digits : digits.sliced(2), base);
    if (!value && base == 10) {
        const std::optional<double> number = parseNumber(digits);
        // Above 2^53 a double no longer tells neighbouring integers apart.
        if (number && std::trunc(*number) == *number && *number <= 9007199254740992.0)
            value = static_cast<quint64>(*number);
    }
    if (!value || *value > static_cast<quint64>(std::numeric_limits<qint64>::max()))
        return std::nullopt;
    return isNegative ? -static_cast<qint64>(*value) : static_cast<qint64>(*value);
}

std::optional<double> parseNumber(QByteArrayView text)
{
    text = text.trimmed();
    if (text.startsWith('+') && text.size() > 1 && text[1] != '-')
        text = text.sliced(1);
    const std::optional<double> value = parseAll<double>(text, std::chars_format::general);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::expected<milliseconds, DurationError> parseDuration(QByteArrayView text)
{
    text = text.trimmed();
    const bool isNegative = text.startsWith('-');
    if (isNegative || text.startsWith('+'))
        text = text.sliced(1);
    if (const std::optional<double> bare = parseNumber(text); bare && *bare == 0)
        return milliseconds(0);
    if (text.isEmpty())
        return std::unexpected(DurationError::Malformed);
    double total = 0;
    while (!text.isEmpty()) {
        const std::optional<double> number = takeNumber(text);
        if (!number)
            return std::unexpected(DurationError::Malformed);
        if (text.isEmpty())
            return std::unexpected(DurationError::MissingUnit);
        const Unit *unit = findUnit(kTimeUnits, takeUnit(text).trimmed());
        if (!unit)
            return std::unexpected(DurationError::Malformed);
        total += *number * unit->factor;
    }
    constexpr double kTenYears = 10 * 365.25 * 24 * 3.6e6;
    if (total > kTenYears)
        return std::unexpected(DurationError::OutOfRange);
    // The subtrahend takes the rounding error of, for example, 1.1 * 1000 away before rounding up.
    const milliseconds rounded(static_cast<qint64>(std::ceil(total - 1e-6)));
    const milliseconds result = total > 0 ? std::max(rounded, milliseconds(1)) : rounded;
    return isNegative ? -result : result;
}

std::optional<qint64> parseSize(QByteArrayView text)
{
    if (const std::optional<qint64> bytes = parseInteger(text))
        return bytes;
    text = text.trimmed();
    const std::optional<double> number = takeNumber(text);
    const Unit *unit = findUnit(kSizeUnits, text.trimmed());
    if (!number || !unit)
        return std::nullopt;
    const double bytes = *number * unit->factor;
    if (bytes > 9007199254740992.0 || bytes != std::trunc(bytes))
        return std::nullopt;
    return static_cast<qint64>(bytes);
}

std::vector<QByteArray> splitAtCommas(QByteArrayView text)
{
    std::vector<QByteArray> parts;
    for (const QByteArray &part : text.toByteArray().split(',')) {
        if (const QByteArray trimmed = part.trimmed(); !trimmed.isEmpty())
            parts.push_back(trimmed);
    }
    return parts;
}

QByteArray formatNumber(double value)
{
    return QByteArray::number(value, 'g', 15);
}

QByteArray formatDuration(milliseconds duration)
{
    const qint64 count = duration.count();
    if (count == 0)
        return "0s";
    if (count % 3'600'000 == 0)
        return QByteArray::number(count / 3'600'000) + 'h';
    if (count % 60'000 == 0)
        return QByteArray::number(count / 60'000) + 'm';
    if (count % 1000 == 0)
        return QByteArray::number(count / 1000) + 's';
    return QByteArray::number(count) + "ms";
}

QByteArray formatSize(qint64 bytes)
{
    if (bytes != 0 && bytes % (1024 * 1024) == 0)
        return QByteArray::number(bytes / (1024 * 1024)) + "MiB";
    if (bytes != 0 && bytes % 1024 == 0)
        return QByteArray::number(bytes / 1024) + "KiB";
    return QByteArray::number(bytes);
}

} // namespace lunargate
