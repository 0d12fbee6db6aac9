// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/poller.h"
#include "tests/bench/protocol.h"

#include <optional>
#include <string>
#include <string_view>

namespace lunargate::bench {

/// What the fake upstream does wrong, to every answer; the last six to streams only.
enum class Fault { None, Status, Corrupt, Cut, Reorder, Duplicate, Mix, Short, MissingDone, Stall };

std::optional<Fault> faultFromName(std::string_view name);

/// What one stream consists of, chunk by chunk and with what a fault makes of it.
class StreamScript
{
public:
    enum class State { Running, Complete, Cut, Stalled };

    /// `request`: whose stream it is, see requestNumber().
    StreamScript(const Protocol &protocol, int chunks, Fault fault, std::uint64_t request = 0);

    /// The events that leave next, at `now`: a chunk, with what comes before the first and behind the last. May be
    /// empty, and is when the stream is cut or stalls.
    std::string next(Clock::time_point now);

    /// Whether next() has more to say.
    State state() const { return m_state; }
    /// The place in the stream of the chunk that is next.
    int sequence() const { return m_sequence; }

private:
    std::string chunk(Clock::time_point now) const;

    const Protocol *m_protocol;
    int m_chunks;
    Fault m_fault;
    std::uint64_t m_request;
    State m_state = State::Running;
    int m_sequence = 0;
};

} // namespace lunargate::bench
