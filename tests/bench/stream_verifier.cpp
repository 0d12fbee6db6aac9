// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/stream_verifier.h"

#include "tests/bench/answers.h"

#include <algorithm>
#include <format>

namespace lunargate::bench {

using std::chrono::nanoseconds;

namespace {

/// The JSON object of an event; empty if it is none.
std::string_view objectOf(std::string_view event, const StreamFormat &format)
{
    if (format.hasNames) {
        if (!event.starts_with("event: ") || !event.contains('\n'))
            return {};
        event.remove_prefix(event.find('\n') + 1);
    }
    if (!event.starts_with(format.prefix))
        return {};
    event.remove_prefix(format.prefix.size());
    return event.starts_with('{') && event.ends_with('}') ? event : std::string_view();
}

} // namespace

const std::string &StreamVerifier::take(std::string_view piece, Clock::time_point arrival)
{
    if (m_lastArrival != Clock::time_point())
        m_largestGap = std::max<nanoseconds>(m_largestGap, arrival - m_lastArrival);
    m_lastArrival = arrival;

    m_pending.append(piece);
    std::size_t start = 0;
    const std::size_t width = m_format.separator.size();
    for (std::size_t end = 0; (end = m_pending.find(m_format.separator, start)) != std::string::npos;
         start = end + width)
        takeEvent(std::string_view(m_pending).substr(start, end - start), arrival);
    m_pending.erase(0, start);
    return m_problem;
}

void StreamVerifier::takeEvent(std::string_view event, Clock::time_point arrival)
{
    if (!m_problem.empty() || event.starts_with(':')) // a comment: keeps a connection alive, says nothing
        return;
    if (m_isDone) {
        m_problem = "an event after the end";
        return;
    }
    m_isDone = event.contains(m_format.end);
    const std::string_view object = objectOf(event, m_format);
    if (object.empty() && !m_isDone)
        m_problem = "an event that is no JSON object";
    if (object.empty())
        return;
    const std::size_t content =
        object.contains(m_format.contentMark) ? object.find(m_format.contentKey) : std::string_view::npos;
    if (content != std::string_view::npos) {
        const std::string_view text = object.substr(content + m_format.contentKey.size());
        takeText(text.substr(0, text.find('"')), arrival);
        return;
    }
    m_isFinished = m_isFinished || object.contains(m_format.finish);
    m_hasUsage = m_hasUsage || object.contains(m_format.usage);
}

// A gateway may put chunks together that came at the same time.
void StreamVerifier::takeText(std::string_view text, Clock::time_point arrival)
{
    while (!text.empty() && m_problem.empty()) {
        const std::size_t end = text.find(kChunkTail);
        const std::size_t size = end == std::string_view::npos ? text.size() : end + kChunkTail.size();
        takeChunk(text.substr(0, size), arrival);
        text.remove_prefix(size);
    }
}

void StreamVerifier::takeChunk(std::string_view text, Clock::time_point arrival)
{
    const std::optional<ChunkStamp> stamp = ChunkStamp::fromText(text);
    if (!stamp)
        m_problem = "a chunk with changed text";
    else if (stamp->request != m_request)
        m_problem = "a chunk of another stream";
    else if (stamp->sequence != m_next)
        m_problem = stamp->sequence < m_next ? "a chunk twice or late" : "a chunk missing or early";
    else if (m_isFinished)
        m_problem = "a chunk after the finish reason";
    if (!m_problem.empty())
        return;
    ++m_next;
    const nanoseconds transit = arrival.time_since_epoch() - nanoseconds(stamp->sentNanoseconds);
    if (!m_transits.empty())
        m_largestStall = std::max(m_largestStall, transit - m_transits.back());
    m_transits.push_back(transit);
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
        return "no end";
    return m_pending.empty() ? std::string() : "half an event at the end";
}

void StreamVerifier::reset()
{
    m_next = 0;
    m_isFinished = m_hasUsage = m_isDone = false;
    m_pending.clear();
    m_problem.clear();
    m_lastArrival = {};
    m_largestGap = m_largestStall = nanoseconds(0);
    m_transits.clear();
}

} // namespace lunargate::bench
