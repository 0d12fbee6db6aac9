// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/finish_reason.h"

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
    return text == "function_call" ? std::optional(FinishReason::ToolCalls) : std::nullopt;
}

} // namespace lunargate
