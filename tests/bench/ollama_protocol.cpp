// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include <format>

namespace lunargate::bench {

namespace {

std::string answer(std::string_view content, std::string_view members)
{
    return std::format("{{\"model\":\"bench-model\",\"created_at\":\"2026-01-02T03:04:05.678901Z\",\"message\":"
                       "{{\"role\":\"assistant\",\"content\":\"{}\"}},{}}}",
                       content, members);
}

std::string lastMembers(int tokens)
{
    return std::format("\"done\":true,\"done_reason\":\"stop\",\"total_duration\":5000000,\"load_duration\":1000000,"
                       "\"prompt_eval_count\":100,\"prompt_eval_duration\":1000000,\"eval_count\":{},"
                       "\"eval_duration\":3000000",
                       tokens);
}

/// Chat messages, as Ollama's API reference describes them.
class OllamaProtocol : public Protocol
{
public:
    std::string_view name() const override { return "ollama"; }
    std::string_view streamType() const override { return "application/x-ndjson"; }
    std::string_view path() const override { return "/api/chat"; }
    std::string completion(std::string_view text) const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string endMark(int chunks) const override;
};

std::string OllamaProtocol::completion(std::string_view text) const
{
    return answer(text, lastMembers(140));
}

std::string OllamaProtocol::content(const ChunkStamp &stamp) const
{
    return answer(stamp.toText(), "\"done\":false") + '\n';
}

std::string OllamaProtocol::endMark(int chunks) const
{
    return answer("", lastMembers(chunks)) + '\n';
}

} // namespace

const Protocol &ollamaProtocol()
{
    static const OllamaProtocol protocol;
    return protocol;
}

} // namespace lunargate::bench
