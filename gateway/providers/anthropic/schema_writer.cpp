// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/schema_writer.h"

#include "gateway/providers/anthropic/schema_fold.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

// Values that stay what they are.
constexpr QByteArrayView kKept[] = {"type", "required", "enum", "const", "$ref", "title", "default"};
// Schemas by name.
constexpr QByteArrayView kSchemaMaps[] = {"properties", "$defs", "definitions"};
// Lists of schemas.
constexpr QByteArrayView kSchemaLists[] = {"anyOf", "allOf"};
// Nothing that an answer has to obey.
constexpr QByteArrayView kRemarks[] = {"$schema",  "$id",      "$comment",  "$anchor",   "example",
                                       "examples", "readOnly", "writeOnly", "deprecated"};
constexpr QByteArrayView kFormats[] = {"date-time", "time", "date", "duration", "email",
                                       "hostname",  "uri",  "ipv4", "ipv6",     "uuid"};

bool isObjectSchema(json::Value schema)
{
    const json::Value type = schema["type"];
    if (type.string() == "object" || schema["properties"].isObject())
        return true;
    for (const json::Value name : type.elements()) {
        if (name.string() == "object")
            return true;
    }
    return false;
}

/// Writes one schema and collects what has to go into its description.
class SchemaWriter
{
public:
    /// `type` stands in where the schema has none.
    SchemaWriter(json::TextWriter &json, json::Value schema, const char *type = nullptr)
        : m_json(json), m_schema(schema), m_type(schema["type"].exists() ? nullptr : type)
    {
    }

    void write()
    {
        if (!m_schema.isObject()) { // `true`, `false`
            m_json.value(m_schema);
            return;
        }
        m_json.beginObject();
        if (m_type)
            m_json.member("type", m_type);
        for (const auto [name, value] : m_schema.members())
            writeMember(name, value);
        if (m_type || isObjectSchema(m_schema))
            m_json.member("additionalProperties", false);
        writeDescription();
        m_json.endObject();
    }

private:
    void writeMember(QByteArrayView name, json::Value value)
    {
        if (name == "description" || std::ranges::contains(kRemarks, name))
            return;
        if (std::ranges::contains(kKept, name) || (name == "format" && std::ranges::contains(kFormats, value.string())))
            m_json.member(name, value);
        else if (std::ranges::contains(kSchemaMaps, name))
            writeMap(name, value);
        else if (std::ranges::contains(kSchemaLists, name))
            writeList(name, value);
        else if (name == "oneOf" && !m_schema["anyOf"].exists())
            writeList("anyOf", value);
        else if (name == "items" && value.isObject())
            writeStrictSchema(m_json.key(name), value);
        else if (name != "additionalProperties" || value.isObject())
            tell(name, value);
    }

    void writeMap(QByteArrayView name, json::Value schemas)
    {
        m_json.key(name).beginObject();
        for (const auto [member, schema] : schemas.members())
            writeStrictSchema(m_json.key(member), schema);
        m_json.endObject();
    }

    void writeList(QByteArrayView name, json::Value schemas)
    {
        m_json.key(name).beginArray();
        for (const json::Value schema : schemas.elements())
            writeStrictSchema(m_json, schema);
        m_json.endArray();
    }

    void tell(QByteArrayView name, json::Value value)
    {
        m_told += m_told.isEmpty() ? "" : ", ";
        m_told.append(name).append(": ");
        json::appendValue(m_told, value);
    }

    void writeDescription()
    {
        const json::Value own = m_schema["description"];
        if (m_told.isEmpty()) {
            if (own.exists())
                m_json.member("description", own);
            return;
        }
        const QByteArray text = own.toByteArray();
        m_json.member("description", text.isEmpty() ? m_told : text + " (" + m_told + ')');
    }

    json::TextWriter &m_json;
    json::Value m_schema;
    const char *m_type;
    QByteArray m_told;
};

} // namespace

void writeStrictSchema(json::TextWriter &json, json::Value schema)
{
    SchemaWriter(json, schema).write();
}

void writeInputSchema(json::TextWriter &json, json::Value parameters, bool isStrict)
{
    if (hasAlternatives(parameters)) {
        const QByteArray folded = foldedSchema(parameters);
        if (const auto document = isStrict ? json::Document::parse(folded) : std::nullopt)
            SchemaWriter(json, document->root()).write();
        else
            json.raw(folded);
    } else if (parameters.size() == 0) {
        json.raw(isStrict ? R"({"type":"object","properties":{},"additionalProperties":false})"
                          : R"({"type":"object","properties":{}})");
    } else if (isStrict) {
        SchemaWriter(json, parameters, "object").write();
    } else if (parameters["type"].exists()) {
        json.value(parameters);
    } else {
        json.beginObject().member("type", "object");
        for (const auto [name, value] : parameters.members())
            json.member(name, value);
        json.endObject();
    }
}

} // namespace lunargate::anthropic
