// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/stream_format.h"

namespace lunargate::bench {

namespace {

// OpenAI API reference, "Chat completions", "Streaming".
constexpr StreamFormat kChat{.contentType = "text/event-stream",
                             .separator = "\n\n",
                             .prefix = "data: ",
                             .contentMark = "\"content\":\"",
                             .contentKey = "\"content\":\"",
                             .finish = "\"finish_reason\":\"stop\"",
                             .usage = "\"completion_tokens\":",
                             .end = "data: [DONE]"};

// OpenAI API reference, "Responses", "Streaming events".
constexpr StreamFormat kResponses{.contentType = "text/event-stream",
                                  .separator = "\n\n",
                                  .prefix = "data: ",
                                  .contentMark = "\"type\":\"response.output_text.delta\"",
                                  .contentKey = "\"delta\":\"",
                                  .finish = "\"status\":\"completed\"",
                                  .usage = "\"output_tokens\":",
                                  .end = "\"type\":\"response.completed\"",
                                  .hasNames = true};

// Anthropic API reference, "Streaming Messages".
constexpr StreamFormat kMessages{.contentType = "text/event-stream",
                                 .separator = "\n\n",
                                 .prefix = "data: ",
                                 .contentMark = "\"type\":\"text_delta\"",
                                 .contentKey = "\"text\":\"",
                                 .finish = "\"stop_reason\":\"end_turn\"",
                                 .usage = "\"output_tokens\":",
                                 .end = "\"type\":\"message_stop\"",
                                 .hasNames = true};

// Ollama API reference, "Generate a chat message".
constexpr StreamFormat kOllama{.contentType = "application/x-ndjson",
                               .separator = "\n",
                               .prefix = "",
                               .contentMark = "\"done\":false",
                               .contentKey = "\"content\":\"",
                               .finish = "\"done_reason\":\"stop\"",
                               .usage = "\"eval_count\":",
                               .end = "\"done\":true"};

} // namespace

const StreamFormat &streamFormatOf(std::string_view path)
{
    if (path.starts_with("/v1/messages"))
        return kMessages;
    if (path.starts_with("/v1/responses"))
        return kResponses;
    return path.starts_with("/api/chat") ? kOllama : kChat;
}

} // namespace lunargate::bench
