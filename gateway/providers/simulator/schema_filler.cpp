// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/schema_filler.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/json_access.h"
#include "gateway/providers/simulator/tokens.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace lunargate::simulator {

namespace {

// From here on optional things are left out, so that recursive schemas come to an end.
constexpr int kShallow = 6;
// A schema that requires itself has no finite value: these bound the attempt in depth and in size.
constexpr int kMaxDepth = 32;
constexpr int kMaxValues = 10'000;
constexpr qint64 kMaxItems = 256;
constexpr qint64 kMaxPadding = 64 * 1024;
constexpr int kMaxReferences = 16;

/// Where a value stands: what it is called, how deep, and the how-manieth of its array it is.
struct Place
{
    QByteArrayView name;
    int depth = 0;
    int variant = 0;
};

/// A schema together with everything that allOf, anyOf, oneOf and $ref bring along.
using Facets = std::vector<json::Value>;

json::Value find(const Facets &facets, QByteArrayView keyword)
{
    for (const json::Value facet : facets) {
        if (const json::Value value = facet[keyword]; value.exists())
            return value;
    }
    return {};
}

bool isNullSchema(json::Value schema)
{
    return schema["type"].string() == "null" || (schema["const"].exists() && schema["const"].isNull());
}

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

QByteArray pickString(const Facets &facets, const Place &place)
{
    const QByteArrayView format = find(facets, "format").string();
    const auto row = std::ranges::find(kFormats, format, &FormatRow::format);
    if (row != std::end(kFormats))
        return row->example.toByteArray();
    QByteArray text = "sample " + place.name.toByteArray();
    if (place.variant > 0)
        text += ' ' + QByteArray::number(place.variant + 1);
    const qint64 missing = std::min(find(facets, "minLength").integer().value_or(0), kMaxPadding) - text.size();
    if (missing > 0)
        text += QByteArray(missing, '.');
    if (const auto longest = find(facets, "maxLength").integer())
        text = firstCharacters(text, std::max<qint64>(*longest, 0));
    return text;
}

/// Writes one value for one root schema.
class Filler
{
public:
    explicit Filler(json::Value root) : m_root(root) {}

    QByteArray fill()
    {
        append(m_root, {.name = "value"});
        return m_out;
    }

private:
    json::Value resolve(json::Value schema) const;
    void collect(json::Value schema, int depth, Facets &facets, int nesting = 0) const;
    QByteArrayView typeOf(const Facets &facets, int depth) const;
    void append(json::Value schema, const Place &place);
    void appendNumber(const Facets &facets, const Place &place, bool isInteger);
    void appendObject(const Facets &facets, int depth);
    void appendArray(const Facets &facets, const Place &place);

    json::Value m_root;
    QByteArray m_out;
    int m_values = 0;
};

json::Value Filler::resolve(json::Value schema) const
{
    for (int i = 0; i < kMaxReferences; ++i) {
        const QByteArrayView reference = schema["$ref"].string();
        if (!reference.startsWith('#'))
            break;
        const QByteArray pointer = QByteArray::fromPercentEncoding(reference.sliced(1).toByteArray()); // RFC 6901, 6
        schema = json::Value(yyjson_ptr_getn(m_root.raw(), pointer.constData(), static_cast<size_t>(pointer.size())));
    }
    return schema;
}

void Filler::collect(json::Value schema, int depth, Facets &facets, int nesting) const
{
    if (nesting > kMaxReferences)
        return;
    facets.push_back(schema);
    if (schema["$ref"].exists())
        collect(resolve(schema), depth, facets, nesting + 1);
    for (const json::Value part : elements(schema["allOf"]))
        collect(part, depth, facets, nesting + 1);
    for (const QByteArrayView keyword : {QByteArrayView("anyOf"), QByteArrayView("oneOf")}) {
        const std::vector<json::Value> branches = elements(schema[keyword]);
        if (branches.empty())
            continue;
        const bool wantsNull = depth > kShallow;
        const auto branch = std::ranges::find_if(
            branches, [&](json::Value candidate) { return isNullSchema(resolve(candidate)) == wantsNull; });
        collect(branch == branches.end() ? branches.front() : *branch, depth, facets, nesting + 1);
    }
}

QByteArrayView Filler::typeOf(const Facets &facets, int depth) const
{
    const json::Value type = find(facets, "type");
    if (type.isString())
        return type.string();
    const std::vector<json::Value> types = elements(type);
    const bool wantsNull = depth > kShallow;
    for (const json::Value candidate : types) {
        if ((candidate.string() == "null") == wantsNull)
            return candidate.string();
    }
    if (!types.empty())
        return types.front().string();
    if (find(facets, "properties").exists() || find(facets, "required").exists())
        return "object";
    if (find(facets, "items").exists() || find(facets, "prefixItems").exists())
        return "array";
    if (find(facets, "minimum").exists() || find(facets, "maximum").exists())
        return "number";
    return depth == 0 ? "object" : "string";
}

void Filler::append(json::Value schema, const Place &place)
{
    if (place.depth > kMaxDepth || ++m_values > kMaxValues) {
        m_out += "null";
        return;
    }
    Facets facets;
    collect(schema, place.depth, facets);

    if (const json::Value constant = find(facets, "const"); constant.exists()) {
        m_out += toText(constant);
        return;
    }
    if (const std::vector<json::Value> choices = elements(find(facets, "enum")); !choices.empty()) {
        m_out += toText(choices[static_cast<size_t>(place.variant) % choices.size()]);
        return;
    }
    if (const json::Value preset = find(facets, "default"); preset.exists() && place.variant == 0) {
        m_out += toText(preset);
        return;
    }
    const QByteArrayView type = typeOf(facets, place.depth);
    if (type == "object")
        appendObject(facets, place.depth);
    else if (type == "array")
        appendArray(facets, place);
    else if (type == "integer" || type == "number")
        appendNumber(facets, place, type == "integer");
    else if (type == "boolean")
        m_out += place.variant % 2 == 0 ? "true" : "false";
    else if (type == "null")
        m_out += "null";
    else
        json::appendString(m_out, pickString(facets, place));
}

void Filler::appendNumber(const Facets &facets, const Place &place, bool isInteger)
{
    const Range range = rangeOf(facets);
    double step = find(facets, "multipleOf").number().value_or(isInteger ? 1 : 0);
    if (isInteger && step != std::floor(step))
        step = 1;
    const double number = step > 0 ? pickStepped(range, step, place.variant) : pickNumber(range, place.variant);
    // Beyond 2^53 a double is no exact integer any more; json::number() says such numbers well enough.
    const bool isExact = number == std::floor(number) && std::abs(number) <= 9'007'199'254'740'992.0;
    m_out += isExact ? QByteArray::number(static_cast<qint64>(number)) : json::number(number);
}

void Filler::appendObject(const Facets &facets, int depth)
{
    std::vector<QByteArrayView> required;
    std::vector<std::pair<QByteArrayView, json::Value>> properties;
    const auto isPresent = [&properties](QByteArrayView name) {
        return std::ranges::contains(properties, name, [](const auto &property) { return property.first; });
    };
    for (const json::Value facet : facets) {
        for (const json::Value name : elements(facet["required"]))
            required.push_back(name.string());
        for (const auto &property : members(facet["properties"])) {
            if (!isPresent(property.first))
                properties.push_back(property);
        }
    }
    // Where nothing is required, an empty object would be right but would show nothing.
    const bool takesAll = required.empty() && depth <= kShallow;
    std::erase_if(properties,
                  [&](const auto &property) { return !takesAll && !std::ranges::contains(required, property.first); });
    const json::Value additional = find(facets, "additionalProperties");
    for (const QByteArrayView name : required) {
        if (!isPresent(name))
            properties.emplace_back(name, additional);
    }

    m_out += '{';
    bool isFirst = true;
    for (const auto &[name, schema] : properties) {
        if (!std::exchange(isFirst, false))
            m_out += ',';
        json::appendString(m_out, name);
        m_out += ':';
        append(schema, {.name = name, .depth = depth + 1});
    }
    m_out += '}';
}

void Filler::appendArray(const Facets &facets, const Place &place)
{
    const std::vector<json::Value> prefix = elements(find(facets, "prefixItems"));
    const json::Value items = find(facets, "items");
    const qint64 usual = place.depth > kShallow ? 0 : std::max<qint64>(items.isObject() ? 1 : 0, std::ssize(prefix));
    qint64 count = std::max(find(facets, "minItems").integer().value_or(0), usual);
    count = std::min({count, find(facets, "maxItems").integer().value_or(kMaxItems), kMaxItems});
    const bool isUnique = find(facets, "uniqueItems").boolean().value_or(false);

    m_out += '[';
    for (qint64 i = 0; i < count; ++i) {
        if (i > 0)
            m_out += ',';
        const bool isPrefix = i < std::ssize(prefix);
        append(isPrefix ? prefix[static_cast<size_t>(i)] : items,
               {.name = place.name, .depth = place.depth + 1, .variant = isUnique ? static_cast<int>(i) : 0});
    }
    m_out += ']';
}

} // namespace

QByteArray fillSchema(json::Value schema)
{
    return Filler(schema).fill();
}

} // namespace lunargate::simulator
