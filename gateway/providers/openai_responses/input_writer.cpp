// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/input_writer.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/providers/openai_responses/call_id.h"
#include "gateway/providers/openai_responses/thought_id.h"

#include <algorithm>
#include <map>
#include <utility>

namespace lunargate::openai_responses {

namespace {

using PartKind = ContentPart::Kind;

bool isSystem(ChatRole role)
{
    return role == ChatRole::System || role == ChatRole::Developer;
}

bool isText(const ContentPart &part)
{
    return part.kind == PartKind::Text;
}

/// A reasoning item as it came, put together again from its details.
struct ReasoningItem
{
    ThoughtId id;
    QByteArray name; // `id` as the details have it
    QByteArray data;
    std::vector<QByteArray> summary;
};

struct ReasoningItems
{
    std::vector<ReasoningItem> own; // in the order of their details
    bool hasForeign = false;
};

ReasoningItems reasoningItems(json::Value details, QByteArrayView origin)
{
    ReasoningItems result;
    std::vector<ReasoningItem> &items = result.own;
    for (ReasoningDetail &detail : reasoningDetails(details, kResponsesReasoning)) {
        std::optional<ThoughtId> id = readThoughtId(detail.id, origin);
        if (!id) {
            result.hasForeign = true;
            continue;
        }
        if (items.empty() || items.back().name != detail.id || !items.back().data.isEmpty())
            items.push_back({.id = *std::move(id), .name = std::move(detail.id), .data = {}, .summary = {}});
        if (detail.kind == ReasoningDetail::Kind::Encrypted)
            items.back().data = std::move(detail.data);
        else
            items.back().summary.push_back(std::move(detail.text));
    }
    return result;
}

// Clients send "" beside calls for "there was no text".
bool hasAnswer(const ChatMessage &message)
{
    return !std::ranges::all_of(message.content, [](const ContentPart &part) {
        return (isText(part) || part.kind == PartKind::Refusal) && part.text.isEmpty();
    });
}

class InputWriter
{
public:
    InputWriter(json::TextWriter &json, const InputSettings &settings) : m_json(json), m_settings(settings) {}

    Result<void> write(const ChatMessage &message)
    {
        switch (message.role) {
        case ChatRole::System:
            return writeMessage(message, "system");
        case ChatRole::Developer:
            return writeMessage(message, m_settings.knowsDeveloperRole ? "developer" : "system");
        case ChatRole::User:
            return writeMessage(message, "user");
        case ChatRole::Assistant:
            return writeAssistant(message);
        case ChatRole::Tool:
            return writeToolOutput(message);
        }
        Q_UNREACHABLE_RETURN({});
    }

    bool hasForeignThoughts() const { return m_hasForeignThoughts; }

private:
    std::unexpected<Error> refused(const ChatMessage &message, const QByteArray &member, const QByteArray &what) const
    {
        const QByteArray place = "messages[" + QByteArray::number(message.index) + "]." + member;
        return std::unexpected(unsupported(m_settings.providerId, place, what));
    }

    std::unexpected<Error> refusedPart(const ChatMessage &message, const ContentPart &part) const
    {
        const qsizetype position = &part - message.content.data();
        const QByteArray type = part.kind == PartKind::Audio ? "audio input"
                                : part.kind == PartKind::Other
                                    ? "content of type '" + part.raw["type"].toByteArray() + "'"
                                    : "place for '" + part.raw["type"].toByteArray() + "' in a message of this role";
        return refused(message, "content[" + QByteArray::number(position) + ']', type);
    }

    Result<void> writeMessage(const ChatMessage &message, QByteArrayView role)
    {
        if (message.content.empty())
            return {};
        m_json.beginObject().member("type", "message").member("role", role).key("content");
        Result<void> written = writeInputParts(message);
        m_json.endObject();
        return written;
    }

    Result<void> writeInputParts(const ChatMessage &message)
    {
        m_json.beginArray();
        for (const ContentPart &part : message.content) {
            switch (part.kind) {
            case PartKind::Text:
                m_json.beginObject().member("type", "input_text").key("text").documentText(part.text).endObject();
                break;
            case PartKind::Image:
                writeImage(part);
                break;
            case PartKind::File:
                writeFile(part);
                break;
            case PartKind::Audio:
            case PartKind::Refusal:
            case PartKind::Other:
                return refusedPart(message, part);
            }
        }
        m_json.endArray();
        return {};
    }

    void writeImage(const ContentPart &part)
    {
        const json::Value nested = part.raw["image_url"]["detail"];
        const QByteArrayView detail = nested.isString() ? nested.string() : part.raw["detail"].string();
        m_json.beginObject().member("type", "input_image").member("image_url", part.url);
        m_json.member("detail", detail.isEmpty() ? QByteArrayView("auto") : detail).endObject();
    }

    void writeFile(const ContentPart &part)
    {
        m_json.beginObject().member("type", "input_file");
        if (!part.name.isEmpty())
            m_json.member("filename", part.name);
        const bool isWeb = part.url.startsWith("http://") || part.url.startsWith("https://");
        if (!part.fileId.isEmpty())
            m_json.member("file_id", part.fileId);
        else
            m_json.member(isWeb ? "file_url" : "file_data", part.url);
        m_json.endObject();
    }

    Result<void> writeAssistant(const ChatMessage &message)
    {
        if (message.raw["audio"].isObject())
            return refused(message, "audio", "audio answers");
        const ReasoningItems thoughts = reasoningItems(message.reasoningDetails, m_settings.thoughtOrigin);
        m_hasForeignThoughts = m_hasForeignThoughts || thoughts.hasForeign;

        bool isAnswerDue = hasAnswer(message);
        size_t nextCall = 0;
        // One that nothing follows is refused ("'reasoning' was provided without its required following item").
        const ReasoningItem *waiting = nullptr;
        const auto writeThought = [&] {
            if (waiting)
                writeReasoning(*std::exchange(waiting, nullptr));
        };
        const auto writeUpTo = [&](size_t calls, bool withAnswer) -> Result<void> {
            if (withAnswer && std::exchange(isAnswerDue, false)) {
                writeThought();
                if (Result<void> written = writeAnswer(message); !written)
                    return written;
            }
            for (; nextCall < std::min(calls, message.toolCalls.size()); ++nextCall) {
                writeThought();
                writeCall(message.toolCalls[nextCall]);
            }
            return {};
        };
        for (const ReasoningItem &item : thoughts.own) {
            if (Result<void> written = writeUpTo(item.id.calls, item.id.isAfterText); !written)
                return written;
            if (isKnown(item))
                waiting = &item;
        }
        return writeUpTo(message.toolCalls.size(), true);
    }

    // Without encrypted content an item is known by its id, if at all: "Items are not persisted when `store` is set to
    // false".
    bool isKnown(const ReasoningItem &item) const
    {
        return !item.data.isEmpty() || (!item.id.id.isEmpty() && m_settings.isStored);
    }

    void writeReasoning(const ReasoningItem &item)
    {
        m_json.beginObject().member("type", "reasoning");
        if (!item.id.id.isEmpty())
            m_json.member("id", item.id.id);
        m_json.key("summary").beginArray();
        for (const QByteArray &text : item.summary)
            m_json.beginObject().member("type", "summary_text").member("text", text).endObject();
        m_json.endArray();
        if (!item.data.isEmpty())
            m_json.member("encrypted_content", item.data);
        m_json.endObject();
    }

    Result<void> writeAnswer(const ChatMessage &message)
    {
        m_json.beginObject().member("type", "message").member("role", "assistant");
        // Models of the codex class want it back; it says whether a text was a comment or the answer.
        if (const json::Value phase = message.raw["phase"]; phase.isString())
            m_json.member("phase", phase.string());
        m_json.key("content").beginArray();
        for (const ContentPart &part : message.content) {
            if (part.kind == PartKind::Refusal)
                m_json.beginObject().member("type", "refusal").member("refusal", part.text).endObject();
            else if (isText(part))
                m_json.beginObject().member("type", "output_text").key("text").documentText(part.text).endObject();
            else
                return refusedPart(message, part);
        }
        m_json.endArray().endObject();
        return {};
    }

    void writeCall(const ToolCall &call)
    {
        m_calls[call.id] = call.isCustom;
        const QByteArray id = sentCallId(call.id);
        m_json.beginObject().member("type", call.isCustom ? "custom_tool_call" : "function_call");
        // An item's own id may be left out, and others than `fc…` are refused ("Expected an ID that begins with 'fc'").
        if (!call.isCustom && id.startsWith("fc_"))
            m_json.member("id", id);
        m_json.member("call_id", id).member("name", call.name);
        const bool isMissing = !call.isCustom && call.arguments.isEmpty();
        m_json.member(call.isCustom ? "input" : "arguments", isMissing ? QByteArrayView("{}") : call.arguments);
        m_json.endObject();
    }

    Result<void> writeToolOutput(const ChatMessage &message)
    {
        const auto call = m_calls.find(message.toolCallId);
        if (call == m_calls.end() && !m_settings.isContinued) {
            const QByteArray place = "messages[" + QByteArray::number(message.index) + "].tool_call_id";
            return std::unexpected(
                Error{.kind = ErrorKind::InvalidRequest,
                      .reason = "invalid_value",
                      .message = "'" + place + "' answers the call '" + message.toolCallId + "', which nobody made",
                      .param = place});
        }
        const bool isCustom = call != m_calls.end() && call->second;
        m_json.beginObject().member("type", isCustom ? "custom_tool_call_output" : "function_call_output");
        m_json.member("call_id", sentCallId(message.toolCallId)).key("output");
        Result<void> written;
        if (message.content.empty())
            m_json.string("");
        else if (message.content.size() == 1 && isText(message.content.front()))
            m_json.documentText(message.content.front().text); // what every service understands
        else
            written = writeInputParts(message);
        m_json.endObject();
        return written;
    }

    json::TextWriter &m_json;
    const InputSettings &m_settings;
    std::map<QByteArray, bool> m_calls; // made so far, and whether of a custom tool
    bool m_hasForeignThoughts = false;
};

} // namespace

Instructions leadingInstructions(const Conversation &conversation)
{
    Instructions result;
    for (size_t i = 0; i + 1 < conversation.messages.size(); ++i) {
        const ChatMessage &message = conversation.messages[i];
        if (!isSystem(message.role) || !std::ranges::all_of(message.content, isText))
            break;
        for (const ContentPart &part : message.content) {
            if (part.text.trimmed().isEmpty())
                continue;
            if (!result.text.isEmpty())
                result.text += '\n';
            result.text += part.text;
        }
        result.messages = i + 1;
    }
    return result;
}

Result<bool> writeInput(json::TextWriter &json, const Conversation &conversation, const InputSettings &settings)
{
    InputWriter writer(json, settings);
    json.key("input").beginArray();
    for (size_t i = settings.firstMessage; i < conversation.messages.size(); ++i) {
        if (Result<void> written = writer.write(conversation.messages[i]); !written)
            return std::unexpected(std::move(written.error()));
    }
    json.endArray();
    return writer.hasForeignThoughts();
}

} // namespace lunargate::openai_responses
