// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/stop_reason.h"

namespace lunargate::anthropic {

FinishReason finishReason(QByteArrayView stopReason, bool hasToolCalls)
{
    if (stopReason == "refusal")
        return FinishReason::ContentFilter; // the calls before it are void
    if (stopReason == "max_tokens" || stopReason == "model_context_window_exceeded")
        return FinishReason::Length; // also of a call, which must not be run then
    // end_turn, stop_sequence, pause_turn, compaction, and `tool_use` without a call
    return hasToolCalls ? FinishReason::ToolCalls : FinishReason::Stop;
}

QByteArray refusalText(json::Value stopReason, json::Value stopDetails)
{
    return stopReason.string() == "refusal" ? stopDetails["explanation"].toByteArray() : QByteArray();
}

} // namespace lunargate::anthropic
