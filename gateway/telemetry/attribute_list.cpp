// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/attribute_list.h"

#include "gateway/observability/redaction.h"

namespace lunargate {

QByteArray AttributeList::cleanText(QByteArrayView text)
{
    return redacted(text).left(kLongestText);
}

json::TextWriter &AttributeList::value(const char *key, const char *kind)
{
    return m_json.beginObject().member("key", key).key("value").beginObject().key(kind);
}

void AttributeList::end()
{
    m_json.endObject().endObject();
}

void AttributeList::add(const char *key, QByteArrayView text)
{
    if (!key || text.isEmpty())
        return;
    value(key, "stringValue").string(cleanText(text));
    end();
}

// 64-bit integers are texts in the JSON of protobuf.
void AttributeList::add(const char *key, std::optional<qint64> number)
{
    if (!key || !number)
        return;
    value(key, "intValue").string(QByteArray::number(*number));
    end();
}

void AttributeList::add(const char *key, std::optional<double> number)
{
    if (!key || !number)
        return;
    value(key, "doubleValue").number(*number);
    end();
}

void AttributeList::add(const char *key, std::span<const QByteArray> texts)
{
    if (!key || texts.empty())
        return;
    json::TextWriter &array = value(key, "arrayValue").beginObject().key("values").beginArray();
    for (const QByteArray &text : texts)
        array.beginObject().member("stringValue", cleanText(text)).endObject();
    array.endArray().endObject();
    end();
}

void AttributeList::addFlag(const char *key, bool flag)
{
    if (!key || !flag)
        return;
    value(key, "boolValue").boolean(true);
    end();
}

void AttributeList::addJson(const char *key, const QByteArray &json)
{
    if (!key || json.isEmpty())
        return;
    value(key, "stringValue").string(json);
    end();
}

} // namespace lunargate
