// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/output_item.h"

#include "gateway/json/text_writer.h"

namespace lunargate::responses {

QByteArray textPart(QByteArrayView text, const std::vector<QByteArray> &annotations)
{
    json::TextWriter json(text.size() + text.size() / 16 + 64);
    json.beginObject().member("type", "output_text").member("text", text).key("annotations").beginArray();
    for (const QByteArray &annotation : annotations)
        json.raw(annotation);
    json.endArray().key("logprobs").beginArray().endArray().endObject();
    return std::move(json).text();
}

QByteArray refusalPart(QByteArrayView refusal)
{
    json::TextWriter json;
    json.beginObject().member("type", "refusal").member("refusal", refusal).endObject();
    return std::move(json).text();
}

QByteArray summaryPart(QByteArrayView text)
{
    json::TextWriter json;
    json.beginObject().member("type", "summary_text").member("text", text).endObject();
    return std::move(json).text();
}

QByteArray messageItem(const QByteArray &id, QByteArrayView status, const std::vector<QByteArray> &parts)
{
    json::TextWriter json;
    json.beginObject().member("id", id).member("type", "message").member("status", status);
    json.member("role", "assistant").key("content").beginArray();
    for (const QByteArray &part : parts)
        json.raw(part);
    json.endArray().endObject();
    return std::move(json).text();
}

QByteArray reasoningItem(const QByteArray &id, const QByteArray &summary, const QByteArray &encryptedContent)
{
    json::TextWriter json;
    json.beginObject().member("id", id).member("type", "reasoning").key("summary").beginArray();
    if (!summary.isEmpty())
        json.raw(summary);
    json.endArray().key("encrypted_content");
    if (encryptedContent.isEmpty())
        json.null();
    else
        json.string(encryptedContent);
    json.endObject();
    return std::move(json).text();
}

QByteArray callItem(const QByteArray &id, QByteArrayView status, const QByteArray &callId, const ClientTool &tool,
                    QByteArrayView arguments)
{
    json::TextWriter json;
    json.beginObject().member("id", id).member("type", tool.isCustom ? "custom_tool_call" : "function_call");
    json.member("status", status).member("call_id", callId).member("name", tool.name);
    if (!tool.nameSpace.isEmpty())
        json.member("namespace", tool.nameSpace);
    json.member(tool.isCustom ? "input" : "arguments", arguments).endObject();
    return std::move(json).text();
}

QByteArrayView callIdKind(const ClientTool &tool)
{
    return tool.isCustom ? "ctc" : "fc";
}

QByteArray flatAnnotation(const QByteArray &annotation)
{
    const std::optional<json::Document> document = json::Document::parse(annotation);
    if (!document || !document->root().isObject())
        return {};
    const json::Value root = document->root();
    const json::Value nested = root[root["type"].string()];
    if (!nested.isObject())
        return annotation;
    json::TextWriter json;
    json.beginObject().member("type", root["type"]);
    for (const auto [name, value] : nested.members())
        json.member(name, value);
    json.endObject();
    return std::move(json).text();
}

} // namespace lunargate::responses
