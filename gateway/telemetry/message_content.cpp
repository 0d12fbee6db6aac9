// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/message_content.h"

#include "gateway/json/text_writer.h"
#include "gateway/observability/redaction.h"

#include <algorithm>
#include <ranges>
#include <vector>

namespace lunargate {

namespace {

void writeText(json::TextWriter &out, const char *type, QByteArrayView text)
{
    if (!text.isEmpty())
        out.beginObject().member("type", type).member("content", text).endObject();
}

// Which bytes there were, without them.
void writeOmitted(json::TextWriter &out, const char *modality, QByteArrayView mimeType)
{
    out.beginObject().member("type", "omitted_blob").member("modality", modality);
    if (!mimeType.isEmpty())
        out.member("mime_type", mimeType);
    out.endObject();
}

void writeImage(json::TextWriter &out, QByteArrayView url)
{
    constexpr QByteArrayView kData = "data:";
    if (url.startsWith(kData)) {
        const QByteArrayView media =
            url.sliced(kData.size()).first(std::min<qsizetype>(url.size() - kData.size(), 100));
        const auto end = std::ranges::find_if(media, [](char c) { return c == ';' || c == ','; });
        return writeOmitted(out, "image", media.first(end - media.begin()));
    }
    out.beginObject().member("type", "uri").member("modality", "image").member("uri", url).endObject();
}

void writeFile(json::TextWriter &out, json::Value file)
{
    const QByteArrayView id = file["file_id"].string();
    if (id.isEmpty())
        return writeOmitted(out, "document", {});
    out.beginObject().member("type", "file").member("modality", "document").member("file_id", id).endObject();
}

void writePart(json::TextWriter &out, json::Value part)
{
    const QByteArrayView type = part["type"].string();
    if (type == "text")
        writeText(out, "text", part["text"].string());
    else if (type == "refusal")
        writeText(out, "refusal", part["refusal"].string());
    else if (type == "image_url")
        writeImage(out, part["image_url"].isString() ? part["image_url"].string() : part["image_url"]["url"].string());
    else if (type == "input_audio")
        writeOmitted(out, "audio", "audio/" + part["input_audio"]["format"].toByteArray());
    else if (type == "file")
        writeFile(out, part["file"]);
    else if (!type.isEmpty())
        out.beginObject().member("type", type).endObject();
}

void writeContent(json::TextWriter &out, json::Value content)
{
    writeText(out, "text", content.string());
    for (const json::Value part : content.elements())
        writePart(out, part);
}

// Models write JSON there, mostly.
void writeArguments(json::TextWriter &out, QByteArrayView arguments)
{
    const auto document = json::Document::parse(arguments);
    if (document && document->root().isObject())
        out.member("arguments", document->root());
    else
        out.member("arguments", arguments);
}

void writeToolCall(json::TextWriter &out, json::Value call)
{
    const bool isCustom = call["type"].string() == "custom";
    const json::Value called = call[isCustom ? "custom" : "function"];
    out.beginObject().member("type", "tool_call").member("id", call["id"].string());
    out.member("name", called["name"].string());
    writeArguments(out, called[isCustom ? "input" : "arguments"].string());
    out.endObject();
}

// What a tool answered is one part, however it was written.
void writeToolAnswer(json::TextWriter &out, json::Value message)
{
    out.beginObject().member("type", "tool_call_response").member("id", message["tool_call_id"].string());
    const json::Value content = message["content"];
    out.key("response");
    if (content.isString()) {
        out.string(content.string());
    } else {
        out.beginArray();
        for (const json::Value part : content.elements())
            writePart(out, part);
        out.endArray();
    }
    out.endObject();
}

void writeParts(json::TextWriter &out, json::Value message)
{
    if (message["role"].string() == "tool")
        return writeToolAnswer(out, message);
    const json::Value reasoning = message["reasoning_content"];
    writeText(out, "reasoning", reasoning.isString() ? reasoning.string() : message["reasoning"].string());
    writeContent(out, message["content"]);
    writeText(out, "refusal", message["refusal"].string());
    for (const json::Value call : message["tool_calls"].elements())
        writeToolCall(out, call);
}

// Empty if it is too large, or if nothing sensible is left of it without secrets.
QByteArray messageJson(json::Value message, QByteArrayView finishReason)
{
    json::TextWriter out;
    out.beginObject().member("role", message["role"].string()).key("parts").beginArray();
    writeParts(out, message);
    out.endArray();
    if (!finishReason.isEmpty())
        out.member("finish_reason", finishReason);
    out.endObject();
    return out.text().size() > MessageContent::kLargest ? QByteArray() : redactedJson(std::move(out).text());
}

// The newest ones say most: what came before stands in the traces before, too. It is not even looked at.
MessageContent newest(json::Value list, QByteArray (*write)(json::Value))
{
    std::vector<json::Value> all;
    for (const json::Value one : list.elements())
        all.push_back(one);
    if (all.empty())
        return {};
    std::vector<QByteArray> told;
    qsizetype size = 2;
    for (const json::Value one : all | std::views::reverse) {
        QByteArray message = write(one);
        size += message.size() + 1;
        if (message.isEmpty() || size > MessageContent::kLargest)
            break;
        told.push_back(std::move(message));
    }
    json::TextWriter out(size);
    out.beginArray();
    for (const QByteArray &message : told | std::views::reverse)
        out.raw(message);
    out.endArray();
    return {.json = std::move(out).text(), .leftOut = std::ssize(all) - std::ssize(told)};
}

// The conventions' words for OpenAI's.
QByteArrayView finishReasonOf(json::Value choice)
{
    const QByteArrayView reason = choice["finish_reason"].string();
    return reason == "tool_calls" || reason == "function_call" ? QByteArrayView("tool_call") : reason;
}

} // namespace

MessageContent inputMessages(const QByteArray &request)
{
    const auto document = json::Document::parse(request);
    if (!document)
        return {};
    return newest(document->root()["messages"], [](json::Value message) { return messageJson(message, {}); });
}

MessageContent outputMessages(const QByteArray &completion)
{
    const auto document = json::Document::parse(completion);
    if (!document)
        return {};
    return newest(document->root()["choices"],
                  [](json::Value choice) { return messageJson(choice["message"], finishReasonOf(choice)); });
}

} // namespace lunargate
