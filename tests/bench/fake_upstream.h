// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/message_reader.h"
#include "tests/bench/poller.h"
#include "tests/bench/stream_script.h"

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lunargate::bench {

struct UpstreamOptions
{
    std::uint16_t port = 0; ///< 0: the system chooses
    int chunks = 50;
    std::chrono::milliseconds delay{20}; ///< between two chunks; the first leaves with the head
    Fault fault = Fault::None;
};

/// What was asked in one protocol.
struct RequestCounts
{
    std::uint64_t completions = 0; ///< plain answers
    std::uint64_t streams = 0;     ///< begun
    std::size_t smallestBody = 0;
    std::size_t largestBody = 0;
};

struct UpstreamCounts
{
    std::uint64_t connections = 0;
    std::uint64_t abandoned = 0;                        ///< streams whose client left before the end
    std::uint64_t refused = 0;                          ///< asked for in no protocol, or no HTTP
    std::map<std::string_view, RequestCounts> requests; ///< by Protocol::name(); all protocols are there

    std::string toJson() const;
};

/// A provider that costs next to nothing: fixed completions and timed streams in all protocols, from one thread.
class FakeUpstream
{
public:
    static std::expected<std::unique_ptr<FakeUpstream>, std::string> listen(const UpstreamOptions &options);

    std::uint16_t port() const { return localPort(m_listener); }

    /// Serves until stop().
    void run();
    /// From any thread, also from a signal handler.
    void stop();

    const UpstreamCounts &counts() const { return m_counts; }

private:
    struct Connection
    {
        Descriptor socket;
        MessageReader request;
        std::string output;
        std::size_t outputSent = 0;
        bool waitsForWritable = false;
        bool closeWhenSent = false;
        std::optional<StreamScript> stream; ///< while it runs
        std::chrono::nanoseconds delay{0};
        Clock::time_point streamStart;
    };
    struct Due
    {
        Clock::time_point when;
        std::uint64_t connection;
        bool operator>(const Due &other) const { return when > other.when; }
    };

    FakeUpstream(const UpstreamOptions &options, Descriptor listener);

    void acceptAll();
    void serve(std::uint64_t id, std::uint32_t events);
    void take(std::uint64_t id, Connection &connection, std::string_view input);
    void answer(std::uint64_t id, Connection &connection);
    void answerPlain(Connection &connection, const Protocol &protocol);
    void beginStream(std::uint64_t id, Connection &connection, const Protocol &protocol);
    void sendDueChunks();
    void sendChunk(std::uint64_t id, Connection &connection);
    /// False when the connection is over.
    bool flush(std::uint64_t id, Connection &connection);
    void drop(std::uint64_t id);

    const UpstreamOptions m_options;
    std::map<const Protocol *, std::string> m_plainAnswers;
    Descriptor m_listener;
    Descriptor m_stopEvent;
    Poller m_poller;
    bool m_isRunning = false;
    std::uint64_t m_lastId;
    std::unordered_map<std::uint64_t, Connection> m_connections;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> m_due;
    std::string m_readBuffer;
    UpstreamCounts m_counts;
};

} // namespace lunargate::bench
