// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/normalise.h"

#include "gateway/dialects/openai_chat/conversation_reader.h"
#include "gateway/dialects/openai_chat/legacy_fields.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/json/writer.h"

#include <initializer_list>
#include <limits>

namespace lunargate {

namespace {

bool isSet(json::Value value)
{
    return value.exists() && !value.isNull() && !(value.isArray() && value.size() == 0);
}

Result<void> checkConflicts(json::Value root)
{
    const auto conflict = [&](const char *modern, const char *legacy) {
        return isSet(root[modern]) && isSet(root[legacy]);
    };
    const char *legacy = conflict("tools", "functions")             ? "functions"
                         : conflict("tool_choice", "function_call") ? "function_call"
                                                                    : nullptr;
    if (!legacy)
        return {};
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "conflicting_tools",
                                 .message = QByteArray("invalid tool/function calling payload: '") + legacy +
                                            "' is the older form of what is there too; send one of them",
                                 .param = legacy});
}

/// Of a call that was not understood: of the members that have its texts. Those of POST /api/generate have tokens of
/// earlier turns too, whose figures take about as much.
qsizetype textBytes(const std::vector<json::Member> &members, ChatProtocol protocol)
{
    const auto sumOf = [&members](std::initializer_list<QByteArrayView> names) {
        qsizetype sum = 0;
        for (const QByteArrayView name : names) {
            if (const json::Member *texts = json::find(members, name))
                sum += texts->value.end - texts->value.begin;
        }
        return sum;
    };
    if (protocol == ChatProtocol::OpenAiResponses)
        return sumOf({"input"});
    if (protocol == ChatProtocol::Ollama)
        return sumOf({"messages", "system", "prompt", "suffix", "context"});
    return sumOf({"messages"});
}

/// Of the tools, also of a request that is not text yet.
qsizetype toolsBytes(const ChatRequest &request)
{
    if (request.body.isEmpty())
        return json::toText(request.document.root()["tools"]).size();
    const json::Member *tools = json::find(request.members, "tools");
    return tools ? tools->value.end - tools->value.begin : 0;
}

} // namespace

qsizetype textBytes(const ChatRequest &request)
{
    if (!request.conversation)
        return textBytes(request.native ? request.native->members : request.members, request.protocol());
    qsizetype sum = 0;
    for (const ChatMessage &message : request.conversation->messages) {
        sum += message.reasoning.size();
        for (const ContentPart &part : message.content)
            sum += part.text.size();
        for (const ToolCall &call : message.toolCalls)
            sum += call.name.size() + call.arguments.size();
    }
    return sum + request.conversation->toolsBytes;
}

Result<void> normalise(ChatRequest &request)
{
    if (request.untranslatable) {
        request.conversation = std::unexpected(*request.untranslatable);
        return {};
    }
    const json::Value root = request.document.root();
    if (Result<void> conflicts = checkConflicts(root); !conflicts)
        return conflicts;
    request.conversation = openai_chat::readConversation(root);
    if (!request.conversation)
        return {};
    if (std::optional<QByteArray> body = openai_chat::modernised(request)) {
        Result<ChatRequest> again = openai_chat::readRequest(*std::move(body), std::numeric_limits<int>::max());
        if (!again)
            return std::unexpected(std::move(again.error()));
        again->native = std::move(request.native);
        again->unsaid = std::move(request.unsaid);
        again->foreignMembers = std::move(request.foreignMembers);
        request = *std::move(again);
        request.conversation = openai_chat::readConversation(request.document.root());
    }
    if (request.conversation) {
        request.conversation->bodyBytes = (request.native ? request.native->body : request.body).size();
        request.conversation->toolsBytes = toolsBytes(request);
    }
    return {};
}

} // namespace lunargate
