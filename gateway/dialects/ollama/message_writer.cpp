// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/message_writer.h"

#include "gateway/cache/content_hash.h"
#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"
#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::ollama_api {

namespace {

/// How the base64 of pictures begins: of their first bytes.
struct Signature
{
    QByteArrayView base64;
    QByteArrayView mediaType;
};
constexpr Signature kSignatures[] = {
    {"iVBORw0KGgo", "image/png"}, {"/9j/", "image/jpeg"}, {"R0lGOD", "image/gif"},
    {"UklGR", "image/webp"},      {"Qk", "image/bmp"},
};

QByteArray dataUrl(QByteArrayView image)
{
    if (image.startsWith("data:"))
        return image.toByteArray();
    const auto found = std::ranges::find_if(
        kSignatures, [image](const Signature &signature) { return image.startsWith(signature.base64); });
    const QByteArrayView type = found == std::end(kSignatures) ? QByteArrayView("image/png") : found->mediaType;
    QByteArray url;
    url.reserve(image.size() + 32);
    return url.append("data:").append(type).append(";base64,").append(image);
}

QByteArray madeUpId(QByteArrayView name, int message, int position, QByteArrayView arguments)
{
    ContentHash hash;
    hash.put(QByteArray::number(message) + ':' + QByteArray::number(position) + ':' + name.toByteArray() + ':');
    hash.put(arguments);
    const ContentHash::Digest digest = hash.result();
    return "call_" + QByteArray(digest.data(), 12).toHex();
}

/// As JSON text. An object by the protocol; some clients give back the text that OpenAI has there.
QByteArray argumentsText(json::Value arguments)
{
    if (arguments.isString())
        return arguments.toByteArray();
    return isAbsent(arguments) ? QByteArrayLiteral("{}") : json::toText(arguments);
}

/// Writes messages one after the other; knows which calls wait for their results.
class MessageWriter
{
public:
    explicit MessageWriter(json::DocumentWriter &json) : m_json(json) {}

    Result<void> write(json::Value message, int index)
    {
        m_index = index;
        if (!message.isObject())
            return invalidValue(place(""), "must be an object");
        const json::Value content = message["content"];
        if (!isAbsent(content) && !content.isString())
            return invalidValue(place(".content"), "must be a string");
        const QByteArrayView role = message["role"].string();
        m_json.beginObject().member("role", role).key("content");
        if (Result<void> written = writeContent(m_json, content, message["images"], place(".images")); !written)
            return written;
        Result<void> written;
        if (role == "assistant")
            written = writeAssistant(message);
        else if (role == "tool")
            writeAnswered(message);
        m_json.endObject();
        return written;
    }

private:
    struct Call
    {
        QByteArray id;
        QByteArrayView name;
        bool isAnswered = false;
    };

    QByteArray place(const char *member) const { return "messages[" + QByteArray::number(m_index) + ']' + member; }

    Result<void> writeAssistant(json::Value message)
    {
        if (const QByteArrayView thinking = message["thinking"].string(); !thinking.isEmpty())
            m_json.member("reasoning_content", thinking);
        const json::Value calls = message["tool_calls"];
        if (!isAbsent(calls) && !calls.isArray())
            return invalidValue(place(".tool_calls"), "must be an array");
        if (calls.size() == 0)
            return {};
        m_calls.clear();
        m_json.key("tool_calls").beginArray();
        for (const json::Value call : calls.elements()) {
            if (Result<void> written = writeCall(call); !written)
                return written;
        }
        m_json.endArray();
        return {};
    }

    Result<void> writeCall(json::Value value)
    {
        const auto position = static_cast<int>(m_calls.size());
        const json::Value function = value["function"];
        Call call{.id = value["id"].toByteArray(), .name = function["name"].string()};
        if (call.name.isEmpty())
            return invalidValue(place(".tool_calls") + '[' + QByteArray::number(position) + "].function.name",
                                "must not be empty");
        const QByteArray arguments = argumentsText(function["arguments"]);
        if (call.id.isEmpty())
            call.id = madeUpId(call.name, m_index, position, arguments);
        m_json.beginObject().member("id", call.id).member("type", "function").key("function").beginObject();
        m_json.member("name", call.name).key("arguments").documentText(arguments).endObject().endObject();
        m_calls.push_back(std::move(call));
        return {};
    }

    void writeAnswered(json::Value message)
    {
        const QByteArrayView id = message["tool_call_id"].string();
        const QByteArrayView toolName = message["tool_name"].string();
        const QByteArrayView name = toolName.isEmpty() ? message["name"].string() : toolName;
        const auto call = std::ranges::find_if(m_calls, [&](const Call &one) {
            const bool isMeant = id.isEmpty() ? !one.isAnswered && (name.isEmpty() || one.name == name) : one.id == id;
            return isMeant;
        });
        if (call != m_calls.end())
            call->isAnswered = true;
        if (!id.isEmpty())
            m_json.member("tool_call_id", id);
        else if (call != m_calls.end())
            m_json.member("tool_call_id", call->id);
        else if (!name.isEmpty())
            m_json.member("name", name);
    }

    json::DocumentWriter &m_json;
    int m_index = 0;
    std::vector<Call> m_calls; // of the last turn that had any
};

} // namespace

Result<void> writeMessages(json::DocumentWriter &json, json::Value messages)
{
    MessageWriter writer(json);
    json.beginArray();
    int index = 0;
    for (const json::Value message : messages.elements()) {
        if (Result<void> written = writer.write(message, index++); !written)
            return written;
    }
    json.endArray();
    return {};
}

Result<void> writeContent(json::DocumentWriter &json, json::Value text, json::Value images, const QByteArray &place)
{
    if (!isAbsent(images) && !images.isArray())
        return invalidValue(place, "must be an array of base64 texts");
    if (images.size() == 0) {
        if (text.isString())
            json.value(text);
        else
            json.string("");
        return {};
    }
    json.beginArray();
    if (!text.string().isEmpty())
        json.beginObject().member("type", "text").member("text", text).endObject();
    for (const json::Value image : images.elements()) {
        if (image.string().isEmpty())
            return invalidValue(place, "must be an array of base64 texts");
        json.beginObject().member("type", "image_url").key("image_url").beginObject();
        json.key("url").documentText(dataUrl(image.string())).endObject().endObject();
    }
    json.endArray();
    return {};
}

} // namespace lunargate::ollama_api
