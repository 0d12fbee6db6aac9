// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lunargate::bench {

// What the fake upstream says and the load generator expects. The texts hold nothing that JSON would escape, so that
// they can be looked for in an answer however a gateway spells the rest of it.

/// The content of every plain completion, about 700 characters.
std::string_view completionText();

/// The whole plain completion, about 1 KiB of JSON in the form of OpenAI's chat.completion object.
std::string completionJson(std::string_view text);

/// What a streamed chunk says: its place in the stream, when it left (CLOCK_MONOTONIC), and a check over both.
struct ChunkStamp
{
    int sequence = 0;
    std::int64_t sentNanoseconds = 0;

    std::string toText() const;
    /// Nothing unless `text` is exactly what toText() gives.
    static std::optional<ChunkStamp> fromText(std::string_view text);
};

/// Server-sent events in the form of OpenAI's chat.completion.chunk objects, each with its empty line.
std::string contentEvent(const ChunkStamp &stamp);
std::string finishEvent();
std::string usageEvent(int chunks);
std::string_view doneEvent();

} // namespace lunargate::bench
