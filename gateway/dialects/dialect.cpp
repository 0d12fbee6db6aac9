// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/dialect.h"

#include "gateway/dialects/ollama/ollama_dialect.h"
#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/dialects/openai_responses/responses_dialect.h"

namespace lunargate {

const Dialect &dialectOf(ChatProtocol protocol)
{
    // A new dialect is one line here.
    static const OpenAiChatDialect openAiChat;
    static const OpenAiResponsesDialect openAiResponses;
    static const OllamaDialect ollama;

    switch (protocol) {
    case ChatProtocol::OpenAiResponses:
        return openAiResponses;
    case ChatProtocol::OpenAiChat:
    case ChatProtocol::AnthropicMessages:
        return openAiChat;
    case ChatProtocol::Ollama:
        return ollama;
    }
    Q_UNREACHABLE_RETURN(openAiChat);
}

} // namespace lunargate
