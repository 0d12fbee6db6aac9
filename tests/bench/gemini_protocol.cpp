// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/protocol.h"

#include <format>

namespace lunargate::bench {

namespace {

// `finish` is a finishReason member with the comma behind it, or nothing.
std::string response(std::string_view text, std::string_view finish, int tokens)
{
    return std::format(
        "{{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"{}\"}}],\"role\":\"model\"}},{}"
        "\"index\":0}}],\"usageMetadata\":{{\"promptTokenCount\":100,\"candidatesTokenCount\":{},"
        "\"totalTokenCount\":{},\"promptTokensDetails\":[{{\"modality\":\"TEXT\",\"tokenCount\":100}}]}},"
        "\"modelVersion\":\"bench-model\",\"responseId\":\"bench\"}}",
        text, finish, tokens, tokens + 100);
}

// Google ends its lines with CRLF.
std::string event(std::string_view data)
{
    return std::format("data: {}\r\n\r\n", data);
}

/// generateContent and streamGenerateContent, as the Gemini API reference describes them.
class GeminiProtocol : public Protocol
{
public:
    std::string_view name() const override { return "gemini"; }
    Asked asked(std::string_view target, std::string_view body) const override;
    std::string completion(std::string_view text) const override;
    std::string content(const ChunkStamp &stamp) const override;
    std::string endMark(int chunks) const override;
};

Protocol::Asked GeminiProtocol::asked(std::string_view target, std::string_view) const
{
    constexpr std::string_view model = "/v1beta/models/bench-model";
    if (!target.starts_with(model))
        return Asked::Nothing;
    target.remove_prefix(model.size());
    // Without alt=sse a stream would be one long JSON array.
    if (target == ":streamGenerateContent?alt=sse")
        return Asked::Stream;
    return target == ":generateContent" ? Asked::Completion : Asked::Nothing;
}

std::string GeminiProtocol::completion(std::string_view text) const
{
    return response(text, "\"finishReason\":\"STOP\",", 140);
}

std::string GeminiProtocol::content(const ChunkStamp &stamp) const
{
    return event(response(stamp.toText(), "", stamp.sequence + 1)); // the usage so far is in every chunk
}

// There is no other: a stream is complete when it gave a finish reason.
std::string GeminiProtocol::endMark(int chunks) const
{
    return event(response("", "\"finishReason\":\"STOP\",", chunks));
}

} // namespace

const Protocol &geminiProtocol()
{
    static const GeminiProtocol protocol;
    return protocol;
}

} // namespace lunargate::bench
