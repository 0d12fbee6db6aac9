// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/poller.h"
#include "tests/bench/stream_format.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace lunargate::bench {

/// Checks one streamed answer: every chunk is of this stream and arrives once, whole and in order, then finish, usage
/// and the end.
class StreamVerifier
{
public:
    explicit StreamVerifier(int expectedChunks, const StreamFormat &format = streamFormatOf({}))
        : m_expected(expectedChunks), m_format(format)
    {
    }

    /// The next streams answer the request of that number; 0 before: one without a number.
    void expectRequest(std::uint64_t number) { m_request = number; }

    /// Takes the next piece of the body, however it is cut. Returns what is wrong, empty if nothing is so far.
    const std::string &take(std::string_view piece, Clock::time_point arrival);

    /// At the end of the body: what is wrong or missing.
    std::string finish();

    int chunks() const { return m_next; }
    /// One a chunk: from when the upstream wrote it until it was read here.
    const std::vector<std::chrono::nanoseconds> &transits() const { return m_transits; }
    /// The longest silence between two pieces.
    std::chrono::nanoseconds largestGap() const { return m_largestGap; }
    /// The most by which two chunks lay further apart here than they left.
    std::chrono::nanoseconds largestStall() const { return m_largestStall; }

    void reset();

private:
    void takeEvent(std::string_view event, Clock::time_point arrival);
    void takeText(std::string_view text, Clock::time_point arrival);
    void takeChunk(std::string_view text, Clock::time_point arrival);

    const int m_expected;
    const StreamFormat &m_format;
    std::uint64_t m_request = 0;
    int m_next = 0;
    bool m_isFinished = false;
    bool m_hasUsage = false;
    bool m_isDone = false;
    std::string m_pending;
    std::string m_problem;
    Clock::time_point m_lastArrival;
    std::chrono::nanoseconds m_largestGap{0};
    std::chrono::nanoseconds m_largestStall{0};
    std::vector<std::chrono::nanoseconds> m_transits;
};

} // namespace lunargate::bench
