// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/simulator_call.h"

#include <algorithm>

namespace lunargate::simulator {

namespace {

using std::chrono::nanoseconds;

nanoseconds timePerToken(double tokensPerSecond)
{
    if (!(tokensPerSecond > 0))
        return nanoseconds(0);
    const std::chrono::duration<double> time(std::min(1 / tokensPerSecond, 3600.0)); // more would overflow later
    return std::chrono::duration_cast<nanoseconds>(time);
}

std::unexpected<Error> timedOut(QByteArray reason)
{
    return std::unexpected(Error{.kind = ErrorKind::UpstreamTimeout,
                                 .reason = std::move(reason),
                                 .message = "The provider did not answer in time.",
                                 .detail = "simulated"});
}

std::unexpected<Error> connectionReset()
{
    return std::unexpected(Error{.kind = ErrorKind::UpstreamTransport,
                                 .reason = "connection_reset",
                                 .message = "The connection to the provider broke.",
                                 .detail = "simulated"});
}

} // namespace

SimulatorCall::SimulatorCall(SimulatedResponse response, const SimulatorConfig &config)
    : m_head(std::move(response.head)),
      m_body(std::move(response.body)),
      m_timeToFirstToken(config.timeToFirstToken),
      m_timePerToken(timePerToken(config.tokensPerSecond)),
      m_due(Clock::now() + config.latency),
      m_timer([this] { m_wakeUp.notify(); })
{
}

Task<Result<UpstreamHead>> SimulatorCall::head(TimePoint deadline)
{
    co_await waitUntil(std::min(m_due, deadline));
    if (m_due > deadline)
        co_return timedOut("header_timeout");
    co_return std::move(m_head);
}

Task<Result<QByteArray>> SimulatorCall::read(TimePoint deadline)
{
    std::optional<Chunk> chunk = nextChunk();
    if (chunk && chunk->kind == Chunk::Kind::Stall) {
        co_await waitUntil(deadline);
        co_return timedOut("read_timeout");
    }
    if (chunk)
        m_due = dueTime(*chunk);
    co_await waitUntil(std::min(m_due, deadline));
    if (m_due > deadline)
        co_return timedOut("read_timeout");
    m_taken = Clock::now();
    if (!chunk)
        co_return QByteArray();
    if (chunk->kind == Chunk::Kind::Cut)
        co_return connectionReset();
    co_return std::move(chunk->bytes);
}

std::optional<Chunk> SimulatorCall::nextChunk()
{
    if (!m_position)
        m_position.emplace(m_body.begin());
    else
        ++*m_position;
    return *m_position == m_body.end() ? std::nullopt : std::optional<Chunk>(**m_position);
}

TimePoint SimulatorCall::dueTime(const Chunk &chunk)
{
    if (chunk.tokens == 0)
        return m_due;
    if (std::exchange(m_hasTokens, true)) {
        // Only one chunk waits for a slow client: work on the next began when the client took the last one. A client
        // that was in time does not slow the pace down.
        const nanoseconds time = chunk.tokens * m_timePerToken;
        return (m_taken < m_due + time ? m_due : m_taken) + time;
    }
    return m_due + m_timeToFirstToken + (chunk.tokens - 1) * m_timePerToken;
}

Task<> SimulatorCall::waitUntil(TimePoint due)
{
    // At least once around the event loop. A wake-up that a cancelled wait left behind may come early.
    do {
        m_timer.start(std::max(due, Clock::now()));
        co_await m_wakeUp.wait();
    } while (Clock::now() < due);
}

} // namespace lunargate::simulator
