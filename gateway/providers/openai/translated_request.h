// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/config/config.h"

namespace lunargate::openai {

/// A request that was written from another protocol, as services of this one take it. Refers to that request.
struct TranslatedRequest
{
    ChatRequest request;
    std::vector<QByteArray> dropped; ///< what the client asked for and the service is not told
};

/// Takes out of a request's body what is no part of OpenAI's protocol and travels in it for others: marks for prompt
/// caches, signed thoughts, members that only the client's protocol has (ChatRequest::foreignMembers), images in
/// results of tools (which a message of the user's brings then). A client that writes such a body itself knows its
/// service; one that speaks another protocol cannot. Services with OpenRouter's forms (`quirks.reasoning_field:
/// object`) take marks and thoughts. Fails with InvalidRequest for tools that only another service runs.
Result<TranslatedRequest> fitTranslated(const ChatRequest &request, const QByteArray &model,
                                        const ProviderConfig &provider);

} // namespace lunargate::openai
