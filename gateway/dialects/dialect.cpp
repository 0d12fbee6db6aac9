// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/dialect.h"

#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/openai_chat/openai_chat_dialect.h"

namespace lunargate {

const Dialect &dialectOf(ChatProtocol protocol)
{
    // A new dialect is one line here.
    static const OpenAiChatDialect openAiChat;
    static const AnthropicMessagesDialect anthropicMessages;

    switch (protocol) {
    case ChatProtocol::AnthropicMessages:
        return anthropicMessages;
    case ChatProtocol::OpenAiChat:
    case ChatProtocol::OpenAiResponses:
    case ChatProtocol::Ollama:
        return openAiChat;
    }
    Q_UNREACHABLE_RETURN(openAiChat);
}

} // namespace lunargate
