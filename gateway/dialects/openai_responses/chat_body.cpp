// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/chat_body.h"

#include "gateway/dialects/openai_responses/message_list.h"

#include <algorithm>

namespace lunargate::responses {

namespace {

// The same in both protocols, and what clients of this one send although only the other one has it.
constexpr QByteArrayView kSame[] = {
    "temperature",  "top_p", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
    "service_tier", "seed",  "stop", "frequency_penalty", "presence_penalty", "logit_bias",
    "top_k",        "min_p",
};

// Read by the gateway, or about what it does itself: it keeps responses and repeats `metadata` in them, and how a
// stream is padded, and who the client is, no provider needs to know. `client_metadata` is Codex's.
constexpr QByteArrayView kRead[] = {
    "model",
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "text",
    "reasoning",
    "max_output_tokens",
    "stream",
    "stream_options",
    "store",
    "include",
    "top_logprobs",
    "background",
    "conversation",
    "previous_response_id",
    "prompt",
    "metadata",
    "client_metadata",
    "generate",
    "truncation",
    "type",
    "stream_id",
};

class ChatBodyWriter
{
public:
    ChatBodyWriter(const ResponsesBody &body, const InputList &input)
        : m_body(body), m_root(body.json.document.root()), m_input(input), m_json(m_root)
    {
    }

    ChatBody write() &&
    {
        m_json.beginObject();
        if (!m_body.model.isEmpty())
            m_json.member("model", m_body.model);
        ToolList tools(m_translation);
        writeMessages(tools);
        tools.add(m_root["tools"], "tools");
        tools.write(m_json, m_root["tool_choice"], m_root["parallel_tool_calls"]);
        writeText();
        writeReasoning();
        if (const json::Value most = m_root["max_output_tokens"]; !isAbsent(most))
            m_json.member("max_tokens", most);
        for (const QByteArrayView name : kSame) {
            if (const json::Value value = m_root[name]; !isAbsent(value))
                m_json.member(name, value);
        }
        if (m_body.stream)
            m_json.member("stream", true).key("stream_options").beginObject().member("include_usage", true).endObject();
        m_json.endObject();
        checkState();
        checkLogprobs();
        dropOthers();
        return {.document = std::move(m_json).finish(),
                .tools = tools.takeTools(),
                .dropped = m_translation.dropped(),
                .refusal = m_translation.refusal()};
    }

private:
    void writeMessages(ToolList &tools)
    {
        m_json.key("messages");
        MessageList messages(m_json, m_translation, tools);
        messages.addInstructions(m_root["instructions"]);
        for (const InputList::Item &item : m_input.items())
            messages.add(item.value, item.place);
        messages.finish();
    }

    void writeText()
    {
        const json::Value text = m_root["text"];
        if (const json::Value verbosity = text["verbosity"]; !isAbsent(verbosity))
            m_json.member("verbosity", verbosity);
        const json::Value format = text["format"];
        const QByteArrayView type = format["type"].string();
        if (type == "json_schema") {
            m_json.key("response_format").beginObject().member("type", type).key("json_schema").beginObject();
            for (const QByteArrayView name : {"name", "description", "schema", "strict"}) {
                if (const json::Value value = format[name]; !isAbsent(value))
                    m_json.member(name, value);
            }
            m_json.endObject().endObject();
        } else if (type == "json_object") {
            m_json.key("response_format").beginObject().member("type", type).endObject();
        } else if (!type.isEmpty() && type != "text") {
            m_translation.refuse("text.format", "answers in the form '" + type.toByteArray() + '\'');
        }
    }

    void writeReasoning()
    {
        const json::Value reasoning = m_root["reasoning"];
        if (const json::Value effort = reasoning["effort"]; !isAbsent(effort))
            m_json.member("reasoning_effort", effort);
        // What providers tell of their thoughts is passed on anyway.
        for (const auto [name, value] : reasoning.members()) {
            const bool isMet = name == "effort" || name == "summary" || name == "generate_summary";
            if (!isMet && !value.isNull())
                m_translation.drop("reasoning." + name.toByteArray());
        }
    }

    void checkState()
    {
        if (m_root["background"].boolean() == true)
            m_translation.refuse("background", "answers in the background");
        if (!isAbsent(m_root["conversation"]))
            m_translation.refuse("conversation", "stored conversations");
        if (!isAbsent(m_root["prompt"]))
            m_translation.refuse("prompt", "stored prompts");
        if (!m_body.previousResponseId.isEmpty() && !m_input.hasPrevious())
            m_translation.refuse(previousResponseNotFound(m_body.previousResponseId));
        if (m_root["truncation"].string() == "auto")
            m_translation.drop("truncation");
    }

    void checkLogprobs()
    {
        if (m_root["top_logprobs"].number().value_or(0) > 0)
            m_translation.refuse("top_logprobs", "log probabilities in answers of this form");
        for (const json::Value included : m_root["include"].elements()) {
            if (included.string() == "message.output_text.logprobs")
                m_translation.refuse("include", "log probabilities in answers of this form");
        }
    }

    void dropOthers()
    {
        for (const auto [name, value] : m_root.members()) {
            const bool isSaid = std::ranges::contains(kSame, name) || std::ranges::contains(kRead, name);
            if (!isSaid && !value.isNull())
                m_translation.drop(name.toByteArray());
        }
    }

    const ResponsesBody &m_body;
    const json::Value m_root;
    const InputList &m_input;
    Translation m_translation;
    json::DocumentWriter m_json;
};

} // namespace

ChatBody chatBody(const ResponsesBody &body, const InputList &input)
{
    return ChatBodyWriter(body, input).write();
}

} // namespace lunargate::responses
