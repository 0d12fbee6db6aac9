// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/config/config.h"
#include "gateway/providers/tool_names.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace lunargate::gemini {

/// What is sent for a chat call, and what its answer is read with.
struct WrittenRequest
{
    QByteArray body;
    std::vector<QByteArray> dropped; ///< parameters that are not in it
    std::shared_ptr<const ToolNames> names;
    bool isGrounded = false; ///< the answer may cite what Google found
};

/// Writes a conversation as a GenerateContentRequest (Gemini API reference, "Generating content"). Fails with
/// InvalidRequest for what Gemini does not have or the client got wrong.
Result<WrittenRequest> writeRequest(const Conversation &conversation, const QByteArray &model,
                                    const ProviderConfig &provider);

} // namespace lunargate::gemini
