// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/config/config.h"
#include "gateway/error.h"

namespace lunargate::ollama {

/// What is sent, and what could not be said with it.
struct WrittenRequest
{
    QByteArray body;
    std::vector<QByteArray> droppedParams;
};

/// The body for POST /api/chat (Ollama API reference, "Generate a chat message"). Fails with InvalidRequest for what
/// the client does wrong or Ollama cannot serve.
Result<WrittenRequest> writeChatRequest(const Conversation &conversation, const QByteArray &model, bool stream,
                                        const ProviderConfig &provider);

} // namespace lunargate::ollama
