// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/stream_verifier.h"

#include "tests/bench/answers.h"

#include <algorithm>
#include <format>

namespace lunargate::bench {

using std::chrono::nanoseconds;

namespace {

constexpr std::string_view contentKey = "\"content\":\"";

} // namespace

const std::string &StreamVerifier::take(std::string_view piece, Clock::time_point arrival)
{
    if (m_lastArrival != Clock::time_point())
        m_largestGap = std::max<nanoseconds>(m_largestGap, arrival - m_lastArrival);
    m_lastArrival = arrival;

    m_pending.append(piece);
    std::size_t start = 0;
    for (std::size_t end = 0; (end = m_pending.find("\n\n", start)) != std::string::npos; start = end + 2)
        takeEvent(std::string_view(m_pending).substr(start, end - start), arrival);
    m_pending.erase(0, start);
    return m_problem;
}

void StreamVerifier::takeEvent(std::string_view event, Clock::time_point arrival)
{
    if (!m_problem.empty() || event.starts_with(':')) // a comment: keeps a connection alive, says nothing
        return;
    if (m_isDone) {
        m_problem = "an event after [DONE]";
    } else if (event == "data: [DONE]") {
        m_isDone = true;
    } else if (!event.starts_with("data: {") || !event.ends_with('}')) {
        m_problem = "an event that is no JSON object";
    } else if (const std::size_t content = event.find(contentKey); content != std::string_view::npos) {
        const std::string_view text = event.substr(content + contentKey.size());
        takeChunk(text.substr(0, text.find('"')), arrival);
    } else {
        m_isFinished = m_isFinished || event.contains("\"finish_reason\":\"stop\"");
        m_hasUsage = m_hasUsage || event.contains("\"completion_tokens\":");
    }
}

void StreamVerifier::takeChunk(std::string_view text, Clock::time_point arrival)
{
    const std::optional<ChunkStamp> stamp = ChunkStamp::fromText(text);
    if (!stamp)
        m_problem = "a chunk with changed text";
    else if (stamp->sequence != m_next)
        m_problem = stamp->sequence < m_next ? "a chunk twice or late" : "a chunk missing or early";
    else if (m_isFinished)
        m_problem = "a chunk after the finish reason";
    if (!m_problem.empty())
        return;
    ++m_next;
    m_transits.push_back(arrival.time_since_epoch() - nanoseconds(stamp->sentNanoseconds));
}

std::string StreamVerifier::finish()
{
    if (!m_problem.empty())
        return m_problem;
    if (m_next != m_expected)
        return "chunks missing at the end";
    if (!m_isFinished)
        return "no finish reason";
    if (!m_hasUsage)
        return "no usage";
    if (!m_isDone)
        return "no [DONE]";
    return m_pending.empty() ? std::string() : "half an event at the end";
}

void StreamVerifier::reset()
{
    m_next = 0;
    m_isFinished = m_hasUsage = m_isDone = false;
    m_pending.clear();
    m_problem.clear();
    m_lastArrival = {};
    m_largestGap = nanoseconds(0);
    m_transits.clear();
}

} // namespace lunargate::bench
