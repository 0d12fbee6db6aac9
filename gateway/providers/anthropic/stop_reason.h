// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"

namespace lunargate::anthropic {

/// What Anthropic's `stop_reason` means (Anthropic docs, "Stop reasons"). `hasToolCalls` says whether the answer calls
/// tools: clients rely on the finish reason to find out, and run them unless the answer was cut off.
FinishReason finishReason(QByteArrayView stopReason, bool hasToolCalls);

/// What a refusal says, of a message or of a `message_delta`; empty if it says nothing, or is none.
QByteArray refusalText(json::Value stopReason, json::Value stopDetails);

} // namespace lunargate::anthropic
