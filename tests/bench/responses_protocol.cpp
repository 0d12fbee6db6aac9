// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include <format>

namespace lunargate::bench {

namespace {

constexpr int kEventsBeforeContent = 4;

std::string event(std::string_view type, int number, std::string_view members)
{
    return std::format("event: {0}\ndata: {{\"type\":\"{0}\",\"sequence_number\":{1},{2}}}\n\n", type, number, members);
}

std::string part(std::string_view text)
{
    return std::format("{{\"type\":\"output_text\",\"text\":\"{}\",\"annotations\":[],\"logprobs\":[]}}", text);
}

std::string item(std::string_view content, std::string_view status)
{
    return std::format("{{\"id\":\"msg_bench\",\"type\":\"message\",\"status\":\"{}\",\"role\":\"assistant\","
                       "\"content\":[{}]}}",
                       status, content);
}

std::string response(std::string_view output, std::string_view status, std::string_view usage)
{
    return std::format("{{\"id\":\"resp_bench\",\"object\":\"response\",\"created_at\":1760000000,\"status\":\"{}\","
                       "\"error\":null,\"incomplete_details\":null,\"model\":\"bench-model\",\"output\":[{}],"
                       "\"parallel_tool_calls\":true,\"store\":false,\"tool_choice\":\"auto\",\"tools\":[],"
                       "\"usage\":{}}}",
                       status, output, usage);
}

std::string usage(int outputTokens)
{
    return std::format("{{\"input_tokens\":100,\"input_tokens_details\":{{\"cached_tokens\":0}},\"output_tokens\":{},"
                       "\"output_tokens_details\":{{\"reasoning_tokens\":0}},\"total_tokens\":{}}}",
                       outputTokens, outputTokens + 100);
}

/// Responses, as OpenAI's API reference describes them.
class ResponsesProtocol : public Protocol
{
public:
    std::string_view name() const override { return "responses"; }
    std::string_view path() const override { return "/v1/responses"; }
    std::string completion(std::string_view text) const override;
    std::string start() const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string finish(int chunks) const override;
    std::string endMark(int chunks) const override;
};

std::string ResponsesProtocol::completion(std::string_view text) const
{
    return response(item(part(text), "completed"), "completed", usage(140));
}

std::string ResponsesProtocol::start() const
{
    const std::string begun = "\"response\":" + response("", "in_progress", "null");
    return event("response.created", 0, begun) + event("response.in_progress", 1, begun) +
           event("response.output_item.added", 2, "\"output_index\":0,\"item\":" + item("", "in_progress")) +
           event("response.content_part.added", 3,
                 "\"item_id\":\"msg_bench\",\"output_index\":0,\"content_index\":0,\"part\":" + part(""));
}

std::string ResponsesProtocol::content(const ChunkStamp &stamp) const
{
    return event("response.output_text.delta", stamp.sequence + kEventsBeforeContent,
                 std::format("\"item_id\":\"msg_bench\",\"output_index\":0,\"content_index\":0,\"delta\":\"{}\","
                             "\"logprobs\":[]",
                             stamp.toText()));
}

// The whole text stands in none of the last events: it is the deltas that are measured.
std::string ResponsesProtocol::finish(int chunks) const
{
    const int number = chunks + kEventsBeforeContent;
    const std::string place = "\"item_id\":\"msg_bench\",\"output_index\":0,\"content_index\":0,";
    return event("response.output_text.done", number, place + "\"text\":\"\",\"logprobs\":[]") +
           event("response.content_part.done", number + 1, place + "\"part\":" + part("")) +
           event("response.output_item.done", number + 2, "\"output_index\":0,\"item\":" + item(part(""), "completed"));
}

std::string ResponsesProtocol::endMark(int chunks) const
{
    return event("response.completed", chunks + kEventsBeforeContent + 3,
                 "\"response\":" + response(item(part(""), "completed"), "completed", usage(chunks)));
}

} // namespace

const Protocol &responsesProtocol()
{
    static const ResponsesProtocol protocol;
    return protocol;
}

} // namespace lunargate::bench
