// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/on_chat_path.h"

#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/dialects/openai_responses/chat_body.h"
#include "gateway/dialects/openai_responses/field_names.h"

#include <limits>

namespace lunargate::responses {

bool isOnChatPath(const ChatRequest &request)
{
    const json::Value root = request.document.root();
    return !isAbsent(root["input"]) && root["messages"].size() == 0;
}

Result<std::unique_ptr<ClientCall>> readOnChatPath(QByteArray body, int maxJsonDepth)
{
    const Result<ResponsesBody> read = readBody(std::move(body), maxJsonDepth);
    if (!read)
        return std::unexpected(read.error());
    if (!read->previousResponseId.isEmpty())
        return std::unexpected(previousResponseNotFound(read->previousResponseId));
    const EarlierTurns none;
    const InputList input(*read, none);
    ChatBody chat = chatBody(*read, input);
    if (chat.refusal)
        return std::unexpected(*std::move(chat.refusal));
    // It was read before, so that it is no deeper than may be.
    Result<std::unique_ptr<ClientCall>> call =
        openai_chat::readCall(std::move(chat.text), std::numeric_limits<int>::max());
    if (call) {
        (*call)->request.unsaid = std::move(chat.dropped);
        (*call)->fieldNames = kFieldNames;
    }
    return call;
}

Result<std::unique_ptr<ClientCall>> readChatPath(QByteArray body, int maxJsonDepth)
{
    Result<std::unique_ptr<ClientCall>> call = openai_chat::readCall(std::move(body), maxJsonDepth);
    if (call && isOnChatPath((*call)->request))
        return readOnChatPath(std::move((*call)->request.body), maxJsonDepth);
    return call;
}

} // namespace lunargate::responses
