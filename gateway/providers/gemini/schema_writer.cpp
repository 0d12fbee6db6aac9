// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/schema_writer.h"

#include "gateway/json/writer.h"

#include <algorithm>
#include <set>

namespace lunargate::gemini {

namespace {

constexpr qint64 kLargestExact = qint64(1) << 53; // of the numbers in JSON

/// What stands behind a keyword.
enum class Holds { Value, Schema, Schemas };

// Keywords whose value is a schema or a list of them, and those whose members are schemas under names of the client's
// choice, which are no keywords. Everything else (enum, default, examples …) is data.
Holds holdsOf(QByteArrayView keyword)
{
    static constexpr QByteArrayView kSchema[] = {
        "items",    "additionalProperties", "anyOf", "oneOf", "allOf", "prefixItems", "not", "if", "then", "else",
        "contains", "propertyNames",
    };
    static constexpr QByteArrayView kSchemas[] = {"properties", "$defs", "definitions", "patternProperties",
                                                  "dependentSchemas"};
    if (std::ranges::contains(kSchema, keyword))
        return Holds::Schema;
    return std::ranges::contains(kSchemas, keyword) ? Holds::Schemas : Holds::Value;
}

// Google's subset of JSON Schema has none of these (Gemini API docs, "Structured outputs"): they are told in words.
bool isToldInWords(QByteArrayView keyword, json::Value value)
{
    static constexpr QByteArrayView kKeywords[] = {"multipleOf", "uniqueItems",   "minLength",    "maxLength",
                                                   "pattern",    "minProperties", "maxProperties"};
    return std::ranges::contains(kKeywords, keyword) && !value.isObject(); // an object is no limit
}

QByteArray toldInWords(json::Value schema)
{
    QByteArray told;
    for (const auto [keyword, value] : schema.members()) {
        if (!isToldInWords(keyword, value) || value.boolean() == false)
            continue;
        told.append(told.isEmpty() ? "" : ", ").append(keyword).append(": ");
        json::appendValue(told, value);
    }
    return told;
}

QByteArray describedBy(json::Value description, const QByteArray &told)
{
    const QByteArrayView own = description.string();
    return own.isEmpty() ? told : own.toByteArray() + " (" + told + ')';
}

// A name under `required` that is no property is refused.
void writeRequired(json::TextWriter &json, json::Value names, json::Value properties)
{
    std::set<QByteArrayView> known;
    for (const auto [name, schema] : properties.members())
        known.insert(name);
    json.key("required").beginArray();
    for (const json::Value name : names.elements()) {
        if (known.contains(name.string()))
            json.value(name);
    }
    json.endArray();
}

void writeSchemas(json::TextWriter &json, json::Value schemas)
{
    json.beginObject();
    for (const auto [name, schema] : schemas.members()) {
        json.key(name);
        writeSchema(json, schema);
    }
    json.endObject();
}

// Not understood either. The nearest bound that is: the same for whole numbers.
void writeBound(json::TextWriter &json, json::Value schema, json::Value exclusive, const char *inclusive, int step)
{
    if (!exclusive.isNumber() || schema[inclusive].exists()) // true and false are of drafts up to 4, beside a bound
        return;
    const std::optional<qint64> number = exclusive.wholeNumber();
    const bool isWhole = schema["type"].string() == "integer";
    const bool hasNext = number && *number > -kLargestExact && *number < kLargestExact;
    if (isWhole && hasNext)
        json.member(inclusive, *number + step);
    else
        json.member(inclusive, exclusive);
}

void writeMember(json::TextWriter &json, json::Value schema, QByteArrayView keyword, json::Value value)
{
    if (keyword == "exclusiveMinimum")
        return writeBound(json, schema, value, "minimum", 1);
    if (keyword == "exclusiveMaximum")
        return writeBound(json, schema, value, "maximum", -1);
    if (keyword == "const") { // not understood; the same in other words
        if (!schema["enum"].exists())
            json.key("enum").beginArray().value(value).endArray();
        return;
    }
    if (keyword == "required" && value.isArray() && schema["properties"].isObject()) {
        writeRequired(json, value, schema["properties"]);
        return;
    }
    json.key(keyword);
    switch (holdsOf(keyword)) {
    case Holds::Value:
        json.value(value);
        break;
    case Holds::Schema:
        writeSchema(json, value);
        break;
    case Holds::Schemas:
        value.isObject() ? writeSchemas(json, value) : static_cast<void>(json.value(value));
        break;
    }
}

} // namespace

bool takesNothing(json::Value schema)
{
    if (!schema.isObject())
        return true;
    for (const char *keyword : {"$ref", "anyOf", "oneOf", "allOf", "patternProperties"}) {
        if (schema[keyword].exists())
            return false;
    }
    const json::Value additional = schema["additionalProperties"];
    return schema["properties"].size() == 0 && !additional.isObject() && additional.boolean() != true;
}

void writeSchema(json::TextWriter &json, json::Value schema)
{
    if (schema.isArray()) {
        json.beginArray();
        for (const json::Value element : schema.elements())
            writeSchema(json, element);
        json.endArray();
        return;
    }
    if (!schema.isObject()) { // `additionalProperties: false`
        json.value(schema);
        return;
    }
    const bool isReference = schema["$ref"].exists();
    const QByteArray told = isReference ? QByteArray() : toldInWords(schema);
    json.beginObject();
    for (const auto [keyword, value] : schema.members()) {
        // Beside a `$ref` only names with `$` may stand; `$schema` says nothing about the data.
        const bool isRefused = keyword == "$schema" || (isReference && !keyword.startsWith('$'));
        const bool isTold = isToldInWords(keyword, value) || (keyword == "description" && !told.isEmpty());
        if (!isRefused && !isTold)
            writeMember(json, schema, keyword, value);
    }
    if (!told.isEmpty())
        json.member("description", describedBy(schema["description"], told));
    json.endObject();
}

} // namespace lunargate::gemini
