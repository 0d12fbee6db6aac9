// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/conversation_reader.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"

namespace lunargate::bench {

namespace {

constexpr int kMaxJsonDepth = 512; // the configuration's default

Part::Work readRequest(const QByteArray &body)
{
    return [body] {
        const Result<ChatRequest> request = openai_chat::readRequest(body, kMaxJsonDepth);
        return request ? qsizetype(request->members.size()) : 0;
    };
}

Part::Work readConversation(const QByteArray &body)
{
    return [document = json::Document::parse(body).value()] {
        const Result<Conversation> conversation = openai_chat::readConversation(document.root());
        return conversation ? qsizetype(conversation->messages.size()) : 0;
    };
}

} // namespace

std::vector<Part> chatParts()
{
    return {
        {"client-chat/read-small", 200, [] { return readRequest(smallChatBody()); }},
        {"client-chat/read-agent", 10, [] { return readRequest(agentChatBody()); }},
        {"client-chat/conversation-small", 200, [] { return readConversation(smallChatBody()); }},
        {"client-chat/conversation-agent", 20, [] { return readConversation(agentChatBody()); }},
    };
}

} // namespace lunargate::bench
