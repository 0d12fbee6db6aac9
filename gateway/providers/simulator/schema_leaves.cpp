// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/schema_leaves.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/tokens.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace lunargate::simulator {

namespace {

constexpr qint64 kMaxPadding = 64 * 1024;

/// Bounds of a number, those that the schema excludes told apart.
struct Range
{
    std::optional<double> lower, upper;
    bool lowerExcluded = false;
    bool upperExcluded = false;

    bool contains(double number) const
    {
        const bool highEnough = !lower || number > *lower || (number == *lower && !lowerExcluded);
        const bool lowEnough = !upper || number < *upper || (number == *upper && !upperExcluded);
        return highEnough && lowEnough;
    }
};

Range rangeOf(const Facets &facets)
{
    Range range{.lower = find(facets, "minimum").number(), .upper = find(facets, "maximum").number()};
    if (const auto limit = find(facets, "exclusiveMinimum").number();
        limit && (!range.lower || *limit >= *range.lower)) {
        range.lower = limit;
        range.lowerExcluded = true;
    }
    if (const auto limit = find(facets, "exclusiveMaximum").number();
        limit && (!range.upper || *limit <= *range.upper)) {
        range.upper = limit;
        range.upperExcluded = true;
    }
    return range;
}

/// A multiple of `step` within the range; the `variant`-th such, if there are that many.
double pickStepped(const Range &range, double step, int variant)
{
    double first = range.contains(step) ? step : 0;
    if (!range.contains(first)) {
        first = range.lower ? std::ceil(*range.lower / step) * step : std::floor(*range.upper / step) * step;
        if (!range.contains(first))
            first += range.lower ? step : -step;
    }
    for (const double direction : {step, -step}) {
        if (const double wanted = first + variant * direction; range.contains(wanted))
            return wanted;
    }
    return first;
}

/// Any number within the range: 1 where it fits.
double pickNumber(const Range &range, int variant)
{
    if (const double wanted = 1.0 + variant; range.contains(wanted))
        return wanted;
    if (range.lower && range.upper)
        return *range.lower + (*range.upper - *range.lower) / (2 + variant);
    return range.lower ? *range.lower + 1 + variant : *range.upper - 1 - variant;
}

struct FormatRow
{
    QByteArrayView format;
    QByteArrayView example;
};

// The formats of JSON Schema 2020-12 (validation, section 7.3) that function schemas use.
constexpr FormatRow kFormats[] = {
    {"date-time", "2025-01-01T12:00:00Z"},
    {"date", "2025-01-01"},
    {"time", "12:00:00Z"},
    {"duration", "PT1H"},
    {"email", "user@example.com"},
    {"hostname", "example.com"},
    {"ipv4", "192.0.2.1"},
    {"ipv6", "2001:db8::1"},
    {"uri", "https://example.com/"},
    {"url", "https://example.com/"},
    {"uuid", "00000000-0000-4000-8000-000000000000"},
};

} // namespace

json::Value find(const Facets &facets, QByteArrayView keyword)
{
    for (const json::Value facet : facets) {
        if (const json::Value value = facet[keyword]; value.exists())
            return value;
    }
    return {};
}

QByteArray numberFor(const Facets &facets, const Place &place, bool isInteger)
{
    const Range range = rangeOf(facets);
    double step = find(facets, "multipleOf").number().value_or(isInteger ? 1 : 0);
    if (isInteger && step != std::floor(step))
        step = 1;
    const double number = step > 0 ? pickStepped(range, step, place.variant) : pickNumber(range, place.variant);
    // Beyond 2^53 a double is no exact integer any more; json::number() says such numbers well enough.
    const bool isExact = number == std::floor(number) && std::abs(number) <= 9'007'199'254'740'992.0;
    return isExact ? QByteArray::number(static_cast<qint64>(number)) : json::number(number);
}

QByteArray stringFor(const Facets &facets, const Place &place)
{
    const QByteArrayView format = find(facets, "format").string();
    const auto row = std::ranges::find(kFormats, format, &FormatRow::format);
    if (row != std::end(kFormats))
        return row->example.toByteArray();
    QByteArray text = "sample " + place.name.toByteArray();
    if (place.variant > 0)
        text += ' ' + QByteArray::number(place.variant + 1);
    const qint64 missing =
        std::min(find(facets, "minLength").integer().value_or(0), kMaxPadding) - countCharacters(text);
    if (missing > 0)
        text += QByteArray(missing, '.');
    if (const auto longest = find(facets, "maxLength").integer())
        text = firstCharacters(text, std::max<qint64>(*longest, 0));
    return text;
}

} // namespace lunargate::simulator
