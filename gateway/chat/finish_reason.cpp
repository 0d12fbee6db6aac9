// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/finish_reason.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lunargate {

QByteArrayView finishReasonText(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Stop:
        return "stop";
    case FinishReason::Length:
        return "length";
    case FinishReason::ToolCalls:
        return "tool_calls";
    case FinishReason::ContentFilter:
        return "content_filter";
    case FinishReason::Error:
        return "error";
    }
    Q_UNREACHABLE_RETURN("stop");
}

std::optional<FinishReason> finishReasonOf(QByteArrayView text)
{
    for (const FinishReason reason : {FinishReason::Stop, FinishReason::Length, FinishReason::ToolCalls,
                                      FinishReason::ContentFilter, FinishReason::Error}) {
        if (text == finishReasonText(reason))
            return reason;
    }
    static constexpr std::pair<QByteArrayView, FinishReason> kOthers[] = {
        {"function_call", FinishReason::ToolCalls},
        {"model_length", FinishReason::Length},                // Mistral: the model's limit, not the caller's
        {"insufficient_system_resource", FinishReason::Error}, // DeepSeek
        {"abort", FinishReason::Error},                        // vLLM, SGLang
    };
    const auto *const other = std::ranges::find(kOthers, text, &std::pair<QByteArrayView, FinishReason>::first);
    return other == std::end(kOthers) ? std::nullopt : std::optional(other->second);
}

} // namespace lunargate
