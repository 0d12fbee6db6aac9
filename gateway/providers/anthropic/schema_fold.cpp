// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/schema_fold.h"

#include "gateway/json/text_writer.h"

#include <algorithm>
#include <map>
#include <vector>

namespace lunargate::anthropic {

namespace {

constexpr QByteArrayView kCombinators[] = {"anyOf", "oneOf", "allOf"};
// More are only told: one schema can refer to another as often as it likes.
constexpr int kMaxBranches = 64;

class SchemaFolder
{
public:
    explicit SchemaFolder(json::Value schema) : m_schema(schema) {}

    QByteArray fold()
    {
        collect();
        m_json.beginObject().member("type", "object");
        writeProperties();
        for (const auto [name, value] : m_schema.members()) {
            if (std::ranges::contains(kCombinators, name))
                tell(name, value);
            else if (name != "type" && name != "properties" && name != "description")
                m_json.member(name, value);
        }
        const QByteArrayView own = m_schema["description"].string();
        m_json.member("description", own.isEmpty() ? m_told : own.toByteArray() + " (" + m_told + ')');
        m_json.endObject();
        return std::move(m_json).text();
    }

private:
    /// What is said about a property.
    struct Property
    {
        std::vector<QByteArray> schemas = {}; // no two the same
        bool isOwn = false;                   // the schema's own word counts more than that of the alternatives
        bool isAll = true;                    // all of them hold
    };

    void collect()
    {
        for (const auto [name, schema] : m_schema["properties"].members())
            add(name, schema, {.isOwn = true});
        for (const QByteArrayView combinator : kCombinators) {
            for (const json::Value branch : m_schema[combinator].elements()) {
                if (++m_branches > kMaxBranches)
                    return;
                for (const auto [name, schema] : resolved(branch)["properties"].members())
                    add(name, schema, {.isAll = combinator == "allOf"});
            }
        }
    }

    void add(QByteArrayView name, json::Value schema, const Property &source)
    {
        const auto [place, isNew] = m_properties.try_emplace(name.toByteArray(), source);
        Property &property = place->second;
        if (isNew)
            m_order.emplace_back(place);
        else if (property.isOwn)
            return;
        property.isAll = property.isAll && source.isAll;
        QByteArray text = json::toText(schema);
        if (!std::ranges::contains(property.schemas, text))
            property.schemas.push_back(std::move(text));
    }

    // Generators put the alternatives among the definitions.
    json::Value resolved(json::Value branch) const
    {
        const QByteArrayView reference = branch["$ref"].string();
        for (const QByteArrayView definitions : {"$defs", "definitions"}) {
            const QByteArray prefix = "#/" + definitions.toByteArray() + '/';
            if (reference.startsWith(prefix))
                return m_schema[definitions][reference.sliced(prefix.size())];
        }
        return branch;
    }

    void writeProperties()
    {
        m_json.key("properties").beginObject();
        for (const auto place : m_order) {
            const auto &[name, property] = *place;
            m_json.key(name);
            if (property.schemas.size() == 1) {
                m_json.raw(property.schemas.front());
                continue;
            }
            m_json.beginObject().key(property.isAll ? "allOf" : "anyOf").beginArray();
            for (const QByteArray &schema : property.schemas)
                m_json.raw(schema);
            m_json.endArray().endObject();
        }
        m_json.endObject();
    }

    void tell(QByteArrayView name, json::Value value)
    {
        m_told += m_told.isEmpty() ? "" : ", ";
        m_told.append(name).append(": ");
        json::appendValue(m_told, value);
    }

    using Properties = std::map<QByteArray, Property>;

    json::Value m_schema;
    json::TextWriter m_json;
    Properties m_properties;
    std::vector<Properties::const_iterator> m_order;
    QByteArray m_told;
    int m_branches = 0;
};

} // namespace

bool hasAlternatives(json::Value schema)
{
    return std::ranges::any_of(kCombinators, [&](QByteArrayView name) { return schema[name].exists(); });
}

QByteArray foldedSchema(json::Value schema)
{
    return SchemaFolder(schema).fold();
}

} // namespace lunargate::anthropic
