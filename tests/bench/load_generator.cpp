// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/load_generator.h"

#include "tests/bench/answers.h"

#include <algorithm>
#include <format>

namespace lunargate::bench {

using namespace std::chrono;

namespace {

constexpr std::size_t readBufferBytes = 256 * 1024;
constexpr auto lookForSilentEvery = 100ms;

std::string requestFor(const LoadOptions &options)
{
    if (options.body.empty())
        return std::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: bench_load\r\nAccept: */*\r\n\r\n",
                           options.path, options.port);
    return std::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: bench_load\r\nAccept: */*\r\n"
                       "Authorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       options.path, options.port, options.body.size(), options.body);
}

} // namespace

std::string LoadResult::toJson()
{
    using Microseconds = duration<double, std::micro>;
    std::string problemList;
    for (const auto &[problem, count] : problems)
        problemList += std::format("{}\"{}\":{}", problemList.empty() ? "" : ",", problem, count);
    return std::format(
        R"({{"completed":{},"failed":{},"chunks":{},"connects":{},"peak_streams":{},"stalled":{},"seconds":{:.3f},)"
        R"("per_second":{:.1f},"largest_gap":{:.1f},"largest_stall":{:.1f},"latency":{},"first_chunk":{},)"
        R"("transit":{},"problems":{{{}}}}})",
        completed, failed, chunks, connects, peakStreams, stalled, elapsed.count(),
        static_cast<double>(completed) / elapsed.count(), Microseconds(largestGap).count(),
        Microseconds(largestStall).count(), latency.toJson(), firstChunk.toJson(), transit.toJson(), problemList);
}

LoadGenerator::LoadGenerator(LoadOptions options)
    : m_options(std::move(options)), m_request(requestFor(m_options)), m_readBuffer(readBufferBytes, '\0')
{
    m_connections.reserve(static_cast<std::size_t>(m_options.connections));
    const StreamFormat &format = streamFormatOf(m_options.streamAs.empty() ? m_options.path : m_options.streamAs);
    for (std::uint64_t tag = 0; std::cmp_less(tag, m_options.connections); ++tag)
        m_connections.emplace_back(m_request, m_options.streamChunks, format, m_poller, tag);
    if (m_options.isVaried)
        m_digitsAt = m_request.find(kVariedDigits);
    m_isNumbered = m_options.isVaried && std::string_view(m_request).substr(0, m_digitsAt).ends_with(kNumberMark);
}

LoadResult LoadGenerator::run()
{
    m_start = m_nextLookForSilent = Clock::now();
    beginDue();
    while (m_pending > 0 || (m_begun < m_connections.size() && mayBegin())) {
        const bool isRamp = m_begun < m_connections.size();
        for (const epoll_event &event : m_poller.wait(Clock::now() + (isRamp ? 1ms : 100ms)))
            serve(event);
        beginDue();
        failSilent();
    }
    m_result.elapsed = Clock::now() - m_start;
    for (const LoadConnection &connection : m_connections)
        m_result.connects += connection.connects();
    return std::move(m_result);
}

bool LoadGenerator::mayBegin() const
{
    const bool hasRequests = m_options.requests == 0 || m_issued < m_options.requests;
    const bool hasTime = m_options.duration == 0ms || Clock::now() - m_start < m_options.duration;
    // Where each connection failed once on average, more of it says nothing new and may take long.
    return hasRequests && hasTime && std::cmp_less(m_result.failed, m_options.connections);
}

void LoadGenerator::beginDue()
{
    const auto isDue = [this] {
        return Clock::now() - m_start >= m_options.ramp * static_cast<long long>(m_begun) / m_options.connections;
    };
    while (m_begun < m_connections.size() && mayBegin() && isDue())
        begin(m_connections[m_begun++]);
}

void LoadGenerator::begin(LoadConnection &connection)
{
    ++m_issued;
    ++m_pending;
    if (m_options.isVaried)
        connection.vary(m_digitsAt, std::format("{:016}", m_firstNumber + m_issued));
    if (m_isNumbered)
        connection.expectRequest(m_firstNumber + m_issued);
    const LoadConnection::Outcome outcome = connection.begin(m_options.port);
    if (outcome != LoadConnection::Outcome::Pending)
        settle(connection, outcome);
}

void LoadGenerator::serve(const epoll_event &event)
{
    LoadConnection &connection = m_connections[event.data.u64];
    const bool wasStreaming = connection.isStreaming();
    const LoadConnection::Outcome outcome = connection.serve(event.events, m_readBuffer);
    if (m_options.streamChunks) {
        m_openStreams += connection.isStreaming() - wasStreaming;
        m_result.peakStreams = std::max(m_result.peakStreams, m_openStreams);
    }
    if (outcome != LoadConnection::Outcome::Pending)
        settle(connection, outcome);
}

void LoadGenerator::settle(LoadConnection &connection, LoadConnection::Outcome outcome)
{
    --m_pending;
    if (outcome == LoadConnection::Outcome::Answered) {
        record(connection);
    } else {
        ++m_result.failed;
        ++m_result.problems[connection.problem()];
    }
    if (mayBegin())
        begin(connection);
}

void LoadGenerator::record(const LoadConnection &connection)
{
    ++m_result.completed;
    m_result.latency.add(connection.lastProgress() - connection.start());
    if (!m_options.streamChunks)
        return;
    const StreamVerifier &stream = connection.stream();
    m_result.firstChunk.add(connection.firstPiece() - connection.start());
    m_result.chunks += static_cast<std::uint64_t>(stream.chunks());
    m_result.largestGap = std::max(m_result.largestGap, stream.largestGap());
    m_result.largestStall = std::max(m_result.largestStall, stream.largestStall());
    m_result.stalled += stream.largestStall() > kStall;
    for (const nanoseconds transit : stream.transits())
        m_result.transit.add(transit);
}

void LoadGenerator::failSilent()
{
    const Clock::time_point now = Clock::now();
    if (now < m_nextLookForSilent)
        return;
    m_nextLookForSilent = now + lookForSilentEvery;
    for (LoadConnection &connection : m_connections) {
        if (!connection.isPending() || now - connection.lastProgress() < m_options.patience)
            continue;
        m_openStreams -= connection.isStreaming();
        settle(connection, connection.fail("no progress any more"));
    }
}

} // namespace lunargate::bench
