// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"
#include "gateway/providers/upstream_errors.h"
#include "gateway/upstream/sse_reader.h"

namespace lunargate {

/// Reads a provider stream that comes as server-sent events: the framing, comments, the end and what breaks. What the
/// events mean is the protocol's. An event over `maxEventBytes` ends the stream.
class EventStreamReader : public ChatStreamReader
{
public:
    explicit EventStreamReader(qsizetype maxEventBytes = kMaxEventBytes)
        : m_maxEventBytes(maxEventBytes), m_sse(maxEventBytes)
    {
    }

    void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) final;
    void finish(std::vector<ChatStreamEvent> &events) final;

protected:
    using Events = std::vector<ChatStreamEvent>;

    /// The next event with data. Not called any more after end() or fail().
    virtual void read(SseEvent event, Events &events) = 0;
    /// The connection ended before end(): appends an End if the answer is whole all the same. By default it is not.
    virtual void closed(Events &events) { fail(incompleteStream(), events); }

    void end(Events &events);
    void fail(Error error, Events &events);
    bool hasEnded() const { return m_ended; }

private:
    void dispatch(SseEvent event, Events &events);

    const qsizetype m_maxEventBytes;
    SseReader m_sse;
    std::vector<SseEvent> m_parsed;
    bool m_ended = false;
};

} // namespace lunargate
