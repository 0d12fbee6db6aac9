// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/message_writer.h"

#include "gateway/chat/data_url.h"
#include "gateway/chat/invalid_value.h"
#include "gateway/chat/parameter_use.h"

#include <algorithm>
#include <map>

namespace lunargate::ollama {

namespace {

constexpr QByteArrayView kInstructionHeading = "Tool-use requirement:";

QByteArray at(const ChatMessage &message, const QByteArray &member)
{
    return "messages[" + QByteArray::number(message.index) + "]." + member;
}

QByteArray at(const ChatMessage &message, const char *list, size_t position, const char *member)
{
    return at(message, QByteArray(list) + '[' + QByteArray::number(position) + "]." + member);
}

bool isSystem(const ChatMessage &message)
{
    return message.role == ChatRole::System || message.role == ChatRole::Developer;
}

QByteArrayView roleName(ChatRole role)
{
    switch (role) {
    case ChatRole::System:
    case ChatRole::Developer: // the newer name for the same
        return "system";
    case ChatRole::User:
        return "user";
    case ChatRole::Assistant:
        return "assistant";
    case ChatRole::Tool:
        return "tool";
    }
    Q_UNREACHABLE_RETURN("user");
}

/// Content as Ollama takes it: one text, and images beside it.
struct Content
{
    QByteArray text;
    std::vector<QByteArray> images; ///< base64
};

/// Writes messages one after the other; knows which tool was called last under which id.
class MessageWriter
{
public:
    MessageWriter(json::TextWriter &json, const QByteArray &providerId) : m_json(json), m_providerId(providerId) {}

    void writeSystem(const QByteArray &text)
    {
        m_json.beginObject().member("role", "system").member("content", text).endObject();
    }

    Result<void> write(const ChatMessage &message, const QByteArray &instruction)
    {
        Result<Content> content = readContent(message);
        if (!content)
            return std::unexpected(std::move(content.error()));
        if (!instruction.isEmpty()) {
            const QByteArray distance = content->text.isEmpty() ? "" : "\n\n";
            content->text += distance + kInstructionHeading.toByteArray() + '\n' + instruction;
        }
        m_json.beginObject().member("role", roleName(message.role)).key("content").documentText(content->text);
        if (!message.reasoning.isEmpty())
            m_json.member("thinking", message.reasoning);
        writeImages(content->images);
        Result<void> written;
        if (!message.toolCalls.empty())
            written = writeCalls(message);
        else if (message.role == ChatRole::Tool)
            written = writeAnswered(message);
        m_json.endObject();
        return written;
    }

private:
    Result<Content> readContent(const ChatMessage &message) const
    {
        Content content;
        for (size_t i = 0; i < message.content.size(); ++i) {
            const ContentPart &part = message.content[i];
            const auto refused = [&](const char *member, const QByteArray &what) {
                return std::unexpected(unsupported(m_providerId, at(message, "content", i, member), what));
            };
            switch (part.kind) {
            case ContentPart::Kind::Text:
            case ContentPart::Kind::Refusal:
                // What a client keeps apart must not run together in the one text that there is.
                if (!content.text.isEmpty() && !part.text.isEmpty())
                    content.text += '\n';
                content.text += part.text;
                break;
            case ContentPart::Kind::Image: {
                Result<QByteArray> image = readImage(part, at(message, "content", i, "image_url.url"));
                if (!image)
                    return std::unexpected(std::move(image.error()));
                content.images.push_back(*std::move(image));
                break;
            }
            case ContentPart::Kind::Audio:
                return refused("input_audio", "audio input");
            case ContentPart::Kind::File:
                return refused("file", "file input");
            case ContentPart::Kind::Other:
                return refused("type", "content of type '" + part.raw["type"].toByteArray() + "'");
            }
        }
        return content;
    }

    Result<QByteArray> readImage(const ContentPart &part, const QByteArray &place) const
    {
        if (std::optional<DataUrl> image = readDataUrl(part.url))
            return std::move(image->base64);
        if (part.url.first(std::min<qsizetype>(part.url.size(), 5)).compare("data:", Qt::CaseInsensitive) == 0)
            return invalidValue(place, "is no data: URL with base64 in it");
        return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                     .reason = "unsupported_parameter",
                                     .message = "provider '" + m_providerId + "' takes no image by its address ('" +
                                                place + "'), and this gateway fetches none; send it as a data: URL",
                                     .param = place});
    }

    void writeImages(const std::vector<QByteArray> &images)
    {
        if (images.empty())
            return;
        m_json.key("images").beginArray();
        for (const QByteArray &image : images)
            m_json.raw('"' + image + '"'); // base64 needs no escapes, and there may be megabytes of it
        m_json.endArray();
    }

    Result<void> writeCalls(const ChatMessage &message)
    {
        m_json.key("tool_calls").beginArray();
        for (size_t i = 0; i < message.toolCalls.size(); ++i) {
            const ToolCall &call = message.toolCalls[i];
            if (call.isCustom)
                return std::unexpected(unsupported(m_providerId, at(message, "tool_calls", i, "type"), "custom tools"));
            const QByteArrayView arguments = call.arguments.trimmed();
            if (!arguments.isEmpty()) {
                const std::optional<json::Document> parsed = json::Document::parse(arguments);
                if (!parsed || !parsed->root().isObject())
                    return invalidValue(at(message, "tool_calls", i, "function.arguments"), "must be a JSON object");
            }
            m_json.beginObject().member("id", call.id).key("function").beginObject();
            m_json.member("name", call.name).key("arguments").raw(arguments.isEmpty() ? "{}" : arguments);
            m_json.endObject().endObject();
            m_calledTools.insert_or_assign(call.id, call.name);
        }
        m_json.endArray();
        return {};
    }

    // Ollama knows the tool by its name; newer versions by the call's id too.
    Result<void> writeAnswered(const ChatMessage &message)
    {
        const auto called = m_calledTools.find(message.toolCallId);
        const QByteArrayView name = called == m_calledTools.end() ? message.name : called->second;
        if (name.isEmpty())
            return invalidValue(at(message, "tool_call_id"), "answers no call of the messages before it");
        m_json.member("tool_name", name).member("tool_call_id", message.toolCallId);
        return {};
    }

    json::TextWriter &m_json;
    const QByteArray &m_providerId;
    std::map<QByteArray, QByteArrayView> m_calledTools;
};

// Templates of small models take an empty turn for the model's wish to say nothing.
bool saysNothing(const ChatMessage &message)
{
    const auto isEmptyText = [](const ContentPart &part) {
        return part.kind == ContentPart::Kind::Text && part.text.isEmpty();
    };
    return message.role == ChatRole::Assistant && message.toolCalls.empty() && message.reasoning.isEmpty() &&
           std::ranges::all_of(message.content, isEmptyText);
}

} // namespace

Result<void> writeMessages(json::TextWriter &json, const std::vector<ChatMessage> &messages,
                           const QByteArray &instruction, const QByteArray &providerId)
{
    MessageWriter writer(json, providerId);
    json.beginArray();
    const auto instructed = std::ranges::find_if(messages, isSystem);
    if (!instruction.isEmpty() && instructed == messages.end())
        writer.writeSystem(instruction);
    for (auto message = messages.begin(); message != messages.end(); ++message) {
        if (saysNothing(*message))
            continue;
        const Result<void> written = writer.write(*message, message == instructed ? instruction : QByteArray());
        if (!written)
            return written;
    }
    json.endArray();
    return {};
}

} // namespace lunargate::ollama
