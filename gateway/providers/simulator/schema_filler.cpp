// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/schema_filler.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/json_access.h"
#include "gateway/providers/simulator/schema_leaves.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace lunargate::simulator {

namespace {

// From here on optional things are left out, so that recursive schemas come to an end.
constexpr int kShallow = 6;
// A schema that requires itself has no finite value: these bound the attempt in depth and in size.
constexpr int kMaxDepth = 32;
constexpr int kMaxValues = 10'000;
constexpr qint64 kMaxItems = 256;
constexpr int kMaxReferences = 16;
constexpr size_t kMaxFacets = 256;

bool isNullSchema(json::Value schema)
{
    return schema["type"].string() == "null" || (schema["const"].exists() && schema["const"].isNull());
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
    if (nesting > kMaxReferences || facets.size() >= kMaxFacets)
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
        m_out += json::toText(constant);
        return;
    }
    if (const std::vector<json::Value> choices = elements(find(facets, "enum")); !choices.empty()) {
        m_out += json::toText(choices[static_cast<size_t>(place.variant) % choices.size()]);
        return;
    }
    if (const json::Value preset = find(facets, "default"); preset.exists() && place.variant == 0) {
        m_out += json::toText(preset);
        return;
    }
    const QByteArrayView type = typeOf(facets, place.depth);
    if (type == "object")
        appendObject(facets, place.depth);
    else if (type == "array")
        appendArray(facets, place);
    else if (type == "integer" || type == "number")
        m_out += numberFor(facets, place, type == "integer");
    else if (type == "boolean")
        m_out += place.variant % 2 == 0 ? "true" : "false";
    else if (type == "null")
        m_out += "null";
    else
        json::appendString(m_out, stringFor(facets, place));
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
