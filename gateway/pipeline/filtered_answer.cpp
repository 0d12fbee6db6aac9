// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/filtered_answer.h"

#include <algorithm>

namespace lunargate {

namespace {

bool saysFiltered(const ChatStreamEvent &event)
{
    return event.isFiltered || event.delta.finishReason == FinishReason::ContentFilter;
}

// A refusal is the filter's own text.
bool hasContent(const ChatStreamEvent &event)
{
    if (event.kind == ChatStreamEvent::Kind::Chunk)
        return event.isUseful && !event.isFiltered;
    return !event.delta.text.isEmpty() || !event.delta.reasoning.isEmpty() || event.delta.toolCall.has_value();
}

} // namespace

bool isFiltered(const ModelAnswer &answer)
{
    if (!answer.completion)
        return answer.isFiltered;
    const Completion &completion = *answer.completion;
    return completion.finishReason == FinishReason::ContentFilter && completion.text.isEmpty() &&
           completion.toolCalls.empty();
}

bool isFiltered(const std::vector<ChatStreamEvent> &events)
{
    return std::ranges::any_of(events, saysFiltered) && std::ranges::none_of(events, hasContent);
}

Error filteredAnswer()
{
    return {.kind = ErrorKind::UpstreamStatus,
            .reason = "upstream_error",
            .message = "the provider's content filter left nothing of the answer",
            .upstreamStatus = 400,
            .upstreamType = "invalid_request_error",
            .upstreamCode = "content_filter",
            .refusal = Refusal::ContentFilter};
}

} // namespace lunargate
