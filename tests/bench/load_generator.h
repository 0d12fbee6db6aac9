// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/load_connection.h"
#include "tests/bench/poller.h"
#include "tests/bench/samples.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lunargate::bench {

/// Where a varied body differs from request to request.
inline constexpr std::string_view kVariedDigits = "0000000000000000";

/// Two chunks that lie this much further apart than they left are a stall.
inline constexpr std::chrono::milliseconds kStall{250};

struct LoadOptions
{
    std::uint16_t port = 0;
    std::string path = "/v1/chat/completions";
    std::string body; ///< of a chat completion; empty: a GET, which any JSON object answers
    int connections = 1;
    std::uint64_t requests = 0;                 ///< 0: no limit
    std::chrono::milliseconds duration{0};      ///< no request begins later; 0: no limit
    std::chrono::milliseconds ramp{0};          ///< the connections begin evenly over this time
    std::chrono::milliseconds patience{10'000}; ///< a request without any progress for that long has failed
    std::optional<int> streamChunks;            ///< the body asks for a stream, and the upstream sends that many
    std::string streamAs;                       ///< the path whose format the stream has; empty: `path`
    /// The body has kVariedDigits once, and each request a number of its own in their place. Behind kNumberMark a
    /// stream must repeat it.
    bool isVaried = false;
};

struct LoadResult
{
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    std::uint64_t chunks = 0;
    std::uint64_t connects = 0;
    int peakStreams = 0;       ///< most streams open at a time
    std::uint64_t stalled = 0; ///< streams with a silence over kStall that was not the upstream's
    std::chrono::duration<double> elapsed{0};
    std::chrono::nanoseconds largestGap{0};   ///< the longest silence inside a stream
    std::chrono::nanoseconds largestStall{0}; ///< as far as it was not the upstream's
    Samples latency;                          ///< from the first byte sent to the last received
    Samples firstChunk;                       ///< until the first byte of a stream's body
    Samples transit;                          ///< of a chunk from the upstream to here
    std::map<std::string, std::uint64_t> problems;

    std::string toJson();
};

/// Closed-loop load from one thread: each connection sends the next request when the answer of the last was checked.
class LoadGenerator
{
public:
    explicit LoadGenerator(LoadOptions options);

    /// Until the requests or the time are used up, and no answer is awaited any more. Once.
    LoadResult run();

private:
    bool mayBegin() const;
    void beginDue();
    void begin(LoadConnection &connection);
    void serve(const epoll_event &event);
    /// Records the end of a request, and begins the next.
    void settle(LoadConnection &connection, LoadConnection::Outcome outcome);
    void record(const LoadConnection &connection);
    void failSilent();

    const LoadOptions m_options;
    const std::string m_request;
    std::size_t m_digitsAt = 0; ///< in m_request, where kVariedDigits begin
    bool m_isNumbered = false;  ///< they stand behind kNumberMark
    /// Microseconds since 1970: no other run has the same numbers.
    const std::uint64_t m_firstNumber = static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
    Poller m_poller;
    std::vector<LoadConnection> m_connections;
    std::size_t m_begun = 0; ///< connections
    std::uint64_t m_issued = 0;
    int m_pending = 0;
    int m_openStreams = 0;
    std::string m_readBuffer;
    Clock::time_point m_start;
    Clock::time_point m_nextLookForSilent;
    LoadResult m_result;
};

} // namespace lunargate::bench
