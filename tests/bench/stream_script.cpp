// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/stream_script.h"

#include <algorithm>
#include <array>

namespace lunargate::bench {

std::optional<Fault> faultFromName(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Fault>, 10> faults{{{"none", Fault::None},
                                                                         {"status", Fault::Status},
                                                                         {"corrupt", Fault::Corrupt},
                                                                         {"cut", Fault::Cut},
                                                                         {"reorder", Fault::Reorder},
                                                                         {"duplicate", Fault::Duplicate},
                                                                         {"mix", Fault::Mix},
                                                                         {"short", Fault::Short},
                                                                         {"missing-done", Fault::MissingDone},
                                                                         {"stall", Fault::Stall}}};
    const auto found = std::ranges::find(faults, name, &std::pair<std::string_view, Fault>::first);
    return found != faults.end() ? std::optional(found->second) : std::nullopt;
}

StreamScript::StreamScript(const Protocol &protocol, int chunks, Fault fault, std::uint64_t request)
    : m_protocol(&protocol), m_chunks(chunks), m_fault(fault), m_request(request)
{
}

std::string StreamScript::next(Clock::time_point now)
{
    const bool isMiddle = m_sequence == m_chunks / 2;
    if (isMiddle && (m_fault == Fault::Stall || m_fault == Fault::Cut)) {
        m_state = m_fault == Fault::Stall ? State::Stalled : State::Cut;
        return {};
    }
    std::string events = m_sequence == 0 ? m_protocol->start() : std::string();
    if (m_sequence < m_chunks)
        events += chunk(now);
    if (++m_sequence >= m_chunks) {
        m_state = State::Complete;
        events += m_protocol->finish(m_chunks);
        if (m_fault != Fault::MissingDone)
            events += m_protocol->endMark(m_chunks);
    }
    return events;
}

std::string StreamScript::chunk(Clock::time_point now) const
{
    int sequence = m_sequence;
    const bool isMiddle = sequence == m_chunks / 2;
    const bool isAfterMiddle = sequence == m_chunks / 2 + 1;
    if (m_fault == Fault::Short && sequence == m_chunks - 1)
        return {};
    if (m_fault == Fault::Reorder && (isMiddle || isAfterMiddle))
        sequence += isMiddle ? 1 : -1;

    const ChunkStamp stamp{sequence,
                           std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count(),
                           m_fault == Fault::Mix && isMiddle ? m_request + 1 : m_request};
    std::string events = m_protocol->content(stamp);
    if (m_fault == Fault::Corrupt && isMiddle) {
        const std::string text = stamp.toText();
        events[events.find(text) + text.find(' ') + 3] ^= 1; // a digit of the time
    }
    if (m_fault == Fault::Duplicate && isMiddle)
        events += events;
    return events;
}

} // namespace lunargate::bench
