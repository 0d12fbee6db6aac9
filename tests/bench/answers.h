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

/// What stands in a body before the 16 digits of the request's number, which its stream repeats in every chunk.
inline constexpr std::string_view kNumberMark = "request number ";

/// The number in a request's body; 0 if it has none.
std::uint64_t requestNumber(std::string_view body);

/// What a streamed chunk says: its place in the stream, when it left (CLOCK_MONOTONIC), whose it is, and a check over
/// all that.
struct ChunkStamp
{
    int sequence = 0;
    std::int64_t sentNanoseconds = 0;
    std::uint64_t request = 0; ///< requestNumber()

    std::string toText() const;
    /// Nothing unless `text` is exactly what toText() gives.
    static std::optional<ChunkStamp> fromText(std::string_view text);
};

} // namespace lunargate::bench
