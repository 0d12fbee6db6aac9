// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/timer.h"
#include "gateway/providers/simulator/simulated_response.h"
#include "gateway/upstream/transport.h"

#include <optional>
#include <ranges>

namespace lunargate::simulator {

/// Delivers a simulated response at the configured pace, as a connection would: every wait goes through the event
/// loop, and the next chunk is made when it is asked for. Its timer is its own, so destroying it stops everything.
class SimulatorCall : public UpstreamCall
{
public:
    SimulatorCall(SimulatedResponse response, const SimulatorConfig &config);

    Task<Result<UpstreamHead>> head(TimePoint deadline) override;
    Task<Result<QByteArray>> read(TimePoint deadline) override;

private:
    using Body = std::generator<Chunk>;

    std::optional<Chunk> nextChunk();
    TimePoint dueTime(const Chunk &chunk);
    Task<> waitUntil(TimePoint due);

    UpstreamHead m_head;
    Body m_body;
    std::optional<std::ranges::iterator_t<Body>> m_position; // set once the body has begun

    std::chrono::nanoseconds m_timeToFirstToken;
    std::chrono::nanoseconds m_timePerToken;
    TimePoint m_due;        // of what came last
    TimePoint m_taken = {}; // when the client took it
    bool m_hasTokens = false;

    Event m_wakeUp;
    Timer m_timer;
};

} // namespace lunargate::simulator
