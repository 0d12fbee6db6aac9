// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/message_reader.h"
#include "tests/bench/poller.h"
#include "tests/bench/stream_verifier.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lunargate::bench {

/// A client's connection: sends the same request again and again, and checks every answer.
class LoadConnection
{
public:
    enum class Outcome { Pending, Answered, Failed };

    /// `request` is head and body, and outlives this. `streamChunks`: the answer is a stream of that many, in `format`.
    LoadConnection(std::string_view request, std::optional<int> streamChunks, const StreamFormat &format,
                   Poller &poller, std::uint64_t tag);

    /// Puts `digits` into the next request, from `at` on.
    void vary(std::size_t at, std::string_view digits);
    /// Each chunk of the next stream must tell that number.
    void expectRequest(std::uint64_t number) { m_stream.expectRequest(number); }
    /// Sends the request, on a new connection if there is none.
    Outcome begin(std::uint16_t port);
    /// What the poller reported; `buffer` is for reading into.
    Outcome serve(std::uint32_t events, std::string &buffer);
    /// Gives up the request under way, because of `why`.
    Outcome fail(std::string why);

    bool isPending() const { return m_isPending; }
    /// The first chunk of a stream arrived and the last did not.
    bool isStreaming() const { return m_isPending && m_firstPiece != Clock::time_point(); }
    const std::string &problem() const { return m_problem; }
    const StreamVerifier &stream() const { return m_stream; }
    std::uint64_t connects() const { return m_connects; }

    Clock::time_point start() const { return m_start; }
    Clock::time_point firstPiece() const { return m_firstPiece; } ///< of the body
    Clock::time_point lastProgress() const { return m_lastProgress; }

private:
    Outcome send();
    Outcome read(std::string &buffer);
    Outcome take(std::string_view input);
    Outcome finish();
    std::string problemOfAnswer();
    std::string problemOfCompletion();

    std::string_view m_request;
    std::string m_variedRequest; ///< what m_request refers to once it was varied
    const bool m_isStream;
    const StreamFormat &m_format;
    Poller &m_poller;
    const std::uint64_t m_tag;

    Descriptor m_socket;
    bool m_isPending = false;
    bool m_waitsForWritable = false;
    std::size_t m_sent = 0;
    MessageReader m_answer;
    StreamVerifier m_stream;
    std::string m_problem;
    std::uint64_t m_connects = 0;
    Clock::time_point m_start, m_firstPiece, m_lastProgress;
};

} // namespace lunargate::bench
