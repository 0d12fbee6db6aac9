// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/legacy_fields.h"

#include "gateway/json/splice.h"
#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::openai_chat {

namespace {

bool isSet(json::Value value)
{
    return value.exists() && !value.isNull() && !(value.isArray() && value.size() == 0);
}

bool isOldTextType(QByteArrayView type)
{
    return type == "input_text" || type == "output_text";
}

bool isOld(const ChatMessage &message)
{
    const json::Value raw = message.raw;
    if (raw["role"].string().trimmed() == "function" || isSet(raw["function_call"]))
        return true;
    if (message.role == ChatRole::Tool && raw["tool_call_id"].string().isEmpty() && !message.toolCallId.isEmpty())
        return true;
    for (const json::Value call : raw["tool_calls"].elements()) {
        if (call["id"].string().isEmpty() || call["type"].string().isEmpty())
            return true;
    }
    return std::ranges::any_of(message.content,
                               [](const ContentPart &part) { return isOldTextType(part.raw["type"].string()); });
}

/// Changes one message inside the body.
class MessageRewriter
{
public:
    MessageRewriter(json::Splice &splice, const QByteArray &body, json::Range range)
        : m_splice(splice), m_body(body), m_range(range), m_members(json::membersOf(body, range))
    {
    }

    void rewrite(const ChatMessage &message)
    {
        if (message.raw["role"].string().trimmed() == "function")
            m_splice.set(m_range, m_members, "role", R"("tool")");
        if (message.role == ChatRole::Tool && message.raw["tool_call_id"].string().isEmpty())
            m_splice.set(m_range, m_members, "tool_call_id", json::quoted(message.toolCallId));
        rewriteCalls(message);
        rewriteParts();
    }

private:
    void rewriteCalls(const ChatMessage &message)
    {
        const json::Member *calls = json::find(m_members, "tool_calls");
        const json::Member *legacy = json::find(m_members, "function_call");
        if (calls && isSet(message.raw["tool_calls"])) {
            size_t position = 0;
            for (const json::Range &call : json::elementsOf(m_body, calls->value)) {
                if (position < message.toolCalls.size())
                    complete(call, message.toolCalls[position++]);
            }
        } else if (legacy && message.toolCalls.size() == 1) {
            const QByteArray list = "[{\"id\":" + json::quoted(message.toolCalls[0].id) +
                                    ",\"type\":\"function\",\"function\":" + legacy->value.of(m_body).toByteArray() +
                                    "}]";
            m_splice.set(m_range, m_members, "tool_calls", list);
        }
        m_splice.remove(m_members, [](const json::Member &member) { return member.key == "function_call"; });
    }

    void complete(json::Range range, const ToolCall &call)
    {
        const std::vector<json::Member> members = json::membersOf(m_body, range);
        const auto lacks = [&](QByteArrayView key) {
            const json::Member *member = json::find(members, key);
            return !member || member->value.of(m_body) == "null" || member->value.of(m_body) == "\"\"";
        };
        if (lacks("id"))
            m_splice.set(range, members, "id", json::quoted(call.id));
        if (lacks("type"))
            m_splice.set(range, members, "type", R"("function")");
    }

    void rewriteParts()
    {
        const json::Member *content = json::find(m_members, "content");
        if (!content || !content->value.of(m_body).startsWith('['))
            return;
        for (const json::Range &part : json::elementsOf(m_body, content->value)) {
            if (!part.of(m_body).startsWith('{'))
                continue;
            const std::vector<json::Member> members = json::membersOf(m_body, part);
            const json::Member *type = json::find(members, "type");
            const QByteArrayView text = type ? type->value.of(m_body) : QByteArrayView();
            if (text.size() > 2 && isOldTextType(text.sliced(1, text.size() - 2)))
                m_splice.replace(type->value, R"("text")");
        }
    }

    json::Splice &m_splice;
    const QByteArray &m_body;
    json::Range m_range;
    std::vector<json::Member> m_members;
};

QByteArray asTools(const QByteArray &body, json::Range functions)
{
    QByteArray list = "[";
    for (const json::Range &function : json::elementsOf(body, functions)) {
        list += list.endsWith('[') ? "" : ",";
        list += R"({"type":"function","function":)" + function.of(body).toByteArray() + '}';
    }
    return list + ']';
}

void rewriteFunctions(json::Splice &splice, const ChatRequest &request)
{
    if (const json::Member *functions = json::find(request.members, "functions");
        functions && isSet(request.document.root()["functions"]))
        splice.set(request.object, request.members, "tools", asTools(request.body, functions->value));
    const json::Value call = request.document.root()["function_call"];
    if (call.isString() && !call.string().isEmpty())
        splice.set(request.object, request.members, "tool_choice", json::quoted(call.string()));
    else if (const QByteArrayView name = call["name"].string(); !name.isEmpty())
        splice.set(request.object, request.members, "tool_choice",
                   R"({"type":"function","function":{"name":)" + json::quoted(name) + "}}");
    splice.remove(request.members, [](const json::Member &member) {
        return member.key == "functions" || member.key == "function_call";
    });
}

void rewriteMessages(json::Splice &splice, const ChatRequest &request)
{
    const json::Member *messages = json::find(request.members, "messages");
    if (!messages)
        return;
    size_t index = 0;
    for (const json::Range &range : json::elementsOf(request.body, messages->value)) {
        const ChatMessage &message = request.conversation->messages.at(index++);
        if (isOld(message))
            MessageRewriter(splice, request.body, range).rewrite(message);
    }
}

} // namespace

std::optional<QByteArray> modernised(ChatRequest &request)
{
    const json::Value root = request.document.root();
    const bool hasFunctions = isSet(root["functions"]) || isSet(root["function_call"]);
    if (!hasFunctions && std::ranges::none_of(request.conversation->messages, isOld))
        return std::nullopt;
    request.writeBody();
    json::Splice splice(request.body);
    if (hasFunctions)
        rewriteFunctions(splice, request);
    rewriteMessages(splice, request);
    return splice.result();
}

} // namespace lunargate::openai_chat
