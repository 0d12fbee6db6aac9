// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/assistant_reader.h"

#include "gateway/chat/carried_thought.h"
#include "gateway/chat/invalid_value.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/chat/thought_place.h"
#include "gateway/json/writer.h"

#include <map>

namespace lunargate::anthropic_messages {

namespace {

/// Sorts the blocks of a message into what a chat message has places for.
class AssistantMessage
{
public:
    explicit AssistantMessage(LostNames &lost) : m_lost(lost) {}

    Result<void> add(const PlacedBlock &block)
    {
        const json::Value value = block.value;
        const QByteArrayView type = value["type"].string();
        if (type == "text") {
            m_textBytes += value["text"].string().size();
            m_texts.push_back(block);
        } else if (type == "thinking") {
            addThinking(value);
        } else if (type == "redacted_thinking") {
            addRedacted(value);
        } else if (type == "tool_use") {
            return addCall(block);
        } else if (type.isEmpty()) {
            return invalidValue(block.place, "must be an object with a type");
        } else {
            m_lost.add("messages.content." + type.toByteArray());
        }
        return {};
    }

    Result<void> write(json::DocumentWriter &json)
    {
        json.beginObject().member("role", "assistant").key("content");
        if (m_texts.empty() && !m_calls.empty())
            json.null();
        else if (m_texts.empty())
            json.string("");
        else if (Result<void> written = writeContent(json, m_texts, m_lost); !written)
            return written;
        writeThoughts(json);
        writeCalls(json);
        if (m_mark.exists())
            json.member("cache_control", m_mark);
        json.endObject();
        return {};
    }

private:
    void addThinking(json::Value block)
    {
        const QByteArrayView text = block["thinking"].string();
        m_reasoning.append(text);
        const QByteArrayView signature = block["signature"].string();
        if (takeCarried(signature) || signature.isEmpty())
            return;
        addDetail({.kind = ReasoningDetail::Kind::Text,
                   .text = text.toByteArray(),
                   .signature = signature.toByteArray(),
                   .format = kAnthropicReasoning.toByteArray()});
    }

    void addRedacted(json::Value block)
    {
        const QByteArrayView data = block["data"].string();
        if (takeCarried(data) || data.isEmpty())
            return;
        addDetail({.kind = ReasoningDetail::Kind::Encrypted,
                   .data = data.toByteArray(),
                   .format = kAnthropicReasoning.toByteArray()});
    }

    void addDetail(ReasoningDetail detail)
    {
        const ThoughtPlace place{.textBytes = m_textBytes, .calls = static_cast<qint64>(m_calls.size())};
        const int position = static_cast<int>(m_details.size());
        detail.id = thoughtId(place, "msg", position);
        m_details.push_back(toJson(detail, position));
    }

    bool takeCarried(QByteArrayView text)
    {
        std::optional<CarriedThought> carried = readCarried(text);
        if (!carried)
            return false;
        if (!carried->detail.isEmpty())
            m_details.push_back(std::move(carried->detail));
        if (!carried->extraContent.isEmpty())
            m_extraContents.insert_or_assign(carried->callId, std::move(carried->extraContent));
        return true;
    }

    Result<void> addCall(const PlacedBlock &block)
    {
        for (const char *name : {"id", "name"}) {
            if (block.value[name].string().isEmpty())
                return invalidValue(block.place + '.' + name, "must not be empty");
        }
        const json::Value input = block.value["input"];
        if (input.exists() && !input.isObject())
            return invalidValue(block.place + ".input", "must be an object");
        m_calls.push_back(block.value);
        if (block.value["cache_control"].isObject())
            m_mark = block.value["cache_control"]; // calls have no place for one; the message has
        return {};
    }

    void writeThoughts(json::DocumentWriter &json) const
    {
        if (!m_reasoning.isEmpty())
            json.member("reasoning_content", m_reasoning);
        if (m_details.empty())
            return;
        json.key("reasoning_details").beginArray();
        for (const QByteArray &detail : m_details)
            json.raw(detail);
        json.endArray();
    }

    void writeCalls(json::DocumentWriter &json) const
    {
        if (m_calls.empty())
            return;
        json.key("tool_calls").beginArray();
        for (const json::Value call : m_calls) {
            const json::Value input = call["input"];
            json.beginObject().member("id", call["id"].string()).member("type", "function");
            json.key("function").beginObject().member("name", call["name"].string());
            json.key("arguments").documentText(input.exists() ? json::toText(input) : QByteArrayLiteral("{}"));
            json.endObject();
            const auto extra = m_extraContents.find(call["id"].toByteArray());
            if (extra != m_extraContents.end())
                json.key("extra_content").raw(extra->second);
            json.endObject();
        }
        json.endArray();
    }

    LostNames &m_lost;
    std::vector<PlacedBlock> m_texts;
    std::vector<json::Value> m_calls;
    std::vector<QByteArray> m_details;                // JSON
    std::map<QByteArray, QByteArray> m_extraContents; // JSON, by the calls' ids
    QByteArray m_reasoning;
    json::Value m_mark;
    qint64 m_textBytes = 0;
};

} // namespace

Result<void> writeAssistant(json::DocumentWriter &json, const std::vector<PlacedBlock> &blocks, LostNames &lost)
{
    AssistantMessage message(lost);
    for (const PlacedBlock &block : blocks) {
        if (Result<void> added = message.add(block); !added)
            return added;
    }
    return message.write(json);
}

} // namespace lunargate::anthropic_messages
