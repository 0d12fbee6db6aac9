// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lunargate::bench {

/// Reads one HTTP/1.1 message from a byte stream: the head, then the body by length or by chunks (RFC 9112, 6 and 7).
class MessageReader
{
public:
    enum class State { Head, Body, Complete, Invalid };

    /// Takes bytes until the message is complete; returns how many it took.
    std::size_t take(std::string_view input);

    State state() const { return m_state; }
    bool hasHead() const { return m_state == State::Body || m_state == State::Complete; }

    std::string_view startLine() const;
    /// The status of an answer; 0 if the start line has none.
    int status() const;
    /// The trimmed value of the first header of that lower-case name; empty if missing.
    std::string_view header(std::string_view name) const;

    /// The body so far, without the chunks' framing. The owner may clear it to take pieces as they come.
    std::string &body() { return m_body; }

    /// Ready for the next message; keeps the buffers.
    void reset();

private:
    enum class ChunkState { Size, Data, DataEnd, Trailer };

    void beginBody();
    std::size_t takeHead(std::string_view input);
    std::size_t takeSized(std::string_view input);
    std::size_t takeChunked(std::string_view input);
    std::size_t takeLine(std::string_view input);
    void endOfLine();

    State m_state = State::Head;
    ChunkState m_chunkState = ChunkState::Size;
    bool m_isChunked = false;
    std::uint64_t m_left = 0; ///< of the body or of the chunk
    std::string m_head;
    std::string m_line; ///< of the chunks' framing
    std::string m_body;
};

} // namespace lunargate::bench
