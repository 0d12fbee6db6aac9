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

/// How the text of every streamed chunk ends.
inline constexpr std::string_view kChunkTail = " of a streamed answer ";

/// What a streamed chunk says: its place in the stream, when it left (CLOCK_MONOTONIC), and a check over both.
struct ChunkStamp
{
    int sequence = 0;
    std::int64_t sentNanoseconds = 0;

    std::string toText() const;
    /// Nothing unless `text` is exactly what toText() gives.
    static std::optional<ChunkStamp> fromText(std::string_view text);
};

} // namespace lunargate::bench
