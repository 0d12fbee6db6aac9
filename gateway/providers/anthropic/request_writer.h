// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/config/config.h"
#include "gateway/error.h"
#include "gateway/providers/tool_names.h"

namespace lunargate::anthropic {

/// A request as it is sent, and what its answer is read with.
struct WrittenRequest
{
    QByteArray body;
    std::vector<QByteArray> droppedParams;
    ToolNames toolNames;
};

/// Writes a chat call as a request to Anthropic (Anthropic API reference, "Create a Message"). Fails with
/// InvalidRequest.
Result<WrittenRequest> writeRequest(const Conversation &conversation, const QByteArray &model, bool isStream,
                                    const ProviderConfig &provider);

} // namespace lunargate::anthropic
