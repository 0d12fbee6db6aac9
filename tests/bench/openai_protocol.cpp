// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include <format>

namespace lunargate::bench {

namespace {

std::string event(std::string_view choices, std::string_view usage)
{
    return std::format("data: {{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"
                       "\"model\":\"bench-model\",\"choices\":[{}],\"usage\":{}}}\n\n",
                       choices, usage);
}

/// Chat completions, as OpenAI's API reference describes them.
class OpenAiProtocol : public Protocol
{
public:
    std::string_view name() const override { return "openai"; }
    std::string_view path() const override { return "/v1/chat/completions"; }
    std::string completion(std::string_view text) const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string finish(int chunks) const override;
    std::string endMark(int chunks) const override;
};

std::string OpenAiProtocol::completion(std::string_view text) const
{
    return std::format(
        "{{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1760000000,\"model\":\"bench-model\","
        "\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{}\"}},\"finish_reason\":"
        "\"stop\"}}],"
        "\"usage\":{{\"prompt_tokens\":100,\"completion_tokens\":140,\"total_tokens\":240}}}}",
        text);
}

std::string OpenAiProtocol::content(const ChunkStamp &stamp) const
{
    const std::string_view role = stamp.sequence == 0 ? "\"role\":\"assistant\"," : "";
    return event(
        std::format("{{\"index\":0,\"delta\":{{{}\"content\":\"{}\"}},\"finish_reason\":null}}", role, stamp.toText()),
        "null");
}

std::string OpenAiProtocol::finish(int chunks) const
{
    return event("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}", "null") +
           event("", std::format("{{\"prompt_tokens\":100,\"completion_tokens\":{},\"total_tokens\":{}}}", chunks,
                                 chunks + 100));
}

std::string OpenAiProtocol::endMark(int) const
{
    return "data: [DONE]\n\n";
}

} // namespace

const Protocol &openAiProtocol()
{
    static const OpenAiProtocol protocol;
    return protocol;
}

} // namespace lunargate::bench
