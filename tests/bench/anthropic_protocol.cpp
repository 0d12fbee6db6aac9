// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include <format>

namespace lunargate::bench {

namespace {

// `members` with the comma before them.
std::string event(std::string_view type, std::string_view members)
{
    return std::format("event: {0}\ndata: {{\"type\":\"{0}\"{1}}}\n\n", type, members);
}

std::string usage(int outputTokens)
{
    return std::format("{{\"input_tokens\":100,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,"
                       "\"output_tokens\":{}}}",
                       outputTokens);
}

std::string message(std::string_view content, std::string_view stopReason, int outputTokens)
{
    return std::format("{{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench-model\","
                       "\"content\":[{}],\"stop_reason\":{},\"stop_sequence\":null,\"usage\":{}}}",
                       content, stopReason, usage(outputTokens));
}

/// Messages, as Anthropic's API reference describes them.
class AnthropicProtocol : public Protocol
{
public:
    std::string_view name() const override { return "anthropic"; }
    std::string_view path() const override { return "/v1/messages"; }
    std::string completion(std::string_view text) const override;
    std::string start() const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string finish(int chunks) const override;
    std::string endMark(int chunks) const override;
};

std::string AnthropicProtocol::completion(std::string_view text) const
{
    return message(std::format("{{\"type\":\"text\",\"text\":\"{}\"}}", text), "\"end_turn\"", 140);
}

std::string AnthropicProtocol::start() const
{
    return event("message_start", ",\"message\":" + message("", "null", 1)) +
           event("content_block_start", ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}") +
           event("ping", "");
}

std::string AnthropicProtocol::content(const ChunkStamp &stamp) const
{
    return event("content_block_delta",
                 std::format(",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{}\"}}", stamp.toText()));
}

std::string AnthropicProtocol::finish(int chunks) const
{
    return event("content_block_stop", ",\"index\":0") +
           event("message_delta",
                 ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":" + usage(chunks));
}

std::string AnthropicProtocol::endMark(int) const
{
    return event("message_stop", "");
}

} // namespace

const Protocol &anthropicProtocol()
{
    static const AnthropicProtocol protocol;
    return protocol;
}

} // namespace lunargate::bench
