// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/event_stream_reader.h"
#include "gateway/providers/gemini/response_reader.h"

namespace lunargate::gemini {

/// Reads a stream of GenerateContentResponse objects (`alt=sse`). It has no end mark: it is whole if it closes after a
/// finish reason.
class StreamReader : public EventStreamReader
{
public:
    StreamReader(ResponseReader reader, const SecretString &key);

protected:
    void read(SseEvent event, Events &events) override;
    void closed(Events &events) override;

private:
    void start(Events &events);
    void append(ChatDelta delta, DeltaKind kind, Events &events);

    ResponseReader m_reader;
    const SecretString &m_key; // the provider's, which outlives its readers
    bool m_hasStarted = false;
    bool m_isCommitted = false; // something useful went out
};

} // namespace lunargate::gemini
