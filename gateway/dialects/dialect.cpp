// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/dialect.h"

#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/ollama/ollama_dialect.h"
#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/dialects/openai_responses/responses_dialect.h"

namespace lunargate {

const Dialect &dialectOf(ChatProtocol protocol)
{
    // A new dialect is two lines here.
    static const OpenAiChatDialect openAiChat;
    static const OpenAiResponsesDialect openAiResponses;
    static const AnthropicMessagesDialect anthropicMessages;
    static const OllamaDialect ollama;

    switch (protocol) {
    case ChatProtocol::OpenAiChat:
        return openAiChat;
    case ChatProtocol::OpenAiResponses:
        return openAiResponses;
    case ChatProtocol::AnthropicMessages:
        return anthropicMessages;
    case ChatProtocol::Ollama:
        return ollama;
    }
    Q_UNREACHABLE_RETURN(openAiChat);
}

} // namespace lunargate
