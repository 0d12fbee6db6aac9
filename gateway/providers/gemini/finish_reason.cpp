// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/finish_reason.h"

#include <algorithm>

namespace lunargate::gemini {

Outcome outcomeOf(QByteArrayView finishReason)
{
    struct Name
    {
        QByteArrayView reason;
        Outcome outcome = Outcome::Stopped;
    };
    // Gemini API reference, "FinishReason".
    static constexpr Name kNames[] = {
        {"MAX_TOKENS", Outcome::Cut},
        {"SAFETY", Outcome::Filtered},
        {"RECITATION", Outcome::Filtered},
        {"BLOCKLIST", Outcome::Filtered},
        {"PROHIBITED_CONTENT", Outcome::Filtered},
        {"SPII", Outcome::Filtered},
        {"IMAGE_SAFETY", Outcome::Filtered},
        {"IMAGE_PROHIBITED_CONTENT", Outcome::Filtered},
        {"IMAGE_RECITATION", Outcome::Filtered},
        {"MALFORMED_FUNCTION_CALL", Outcome::Broken},
        {"UNEXPECTED_TOOL_CALL", Outcome::Broken},
        {"TOO_MANY_TOOL_CALLS", Outcome::Broken},
        {"MALFORMED_RESPONSE", Outcome::Broken},
    };
    const auto found = std::ranges::find(kNames, finishReason, &Name::reason);
    return found == std::end(kNames) ? Outcome::Stopped : found->outcome;
}

} // namespace lunargate::gemini
