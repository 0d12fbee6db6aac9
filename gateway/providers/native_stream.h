// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/event_stream_reader.h"
#include "gateway/providers/line_stream_reader.h"

#include <type_traits>
#include <utility>

namespace lunargate {

/// `event` as lines of an event stream, without the blank line that ends it.
QByteArray eventLines(const SseEvent &event);

/// Makes of what a reader said of one piece of a stream, the events from `begin` on, what passes the piece as it is:
/// the first Chunk has the `piece` as its payload, further ones have none. All keep their deltas, for whoever follows
/// the answer beside the client. A Failure stands for its piece, and has it as its payload where nothing before took
/// it.
void passAsItIs(QByteArray piece, std::vector<ChatStreamEvent> &events, size_t begin);

/// Reads a stream for a client that speaks the provider's protocol itself: what `Reader` understands decides, and the
/// events pass as they came.
template <typename Reader>
    requires std::is_base_of_v<EventStreamReader, Reader>
class NativeStream final : public Reader
{
public:
    using Reader::Reader;

protected:
    void read(SseEvent event, std::vector<ChatStreamEvent> &events) override
    {
        QByteArray lines = eventLines(event);
        const size_t begin = events.size();
        Reader::read(std::move(event), events);
        passAsItIs(std::move(lines), events, begin);
    }
};

/// The same for a stream that comes as one JSON value a line.
template <typename Reader>
    requires std::is_base_of_v<LineStreamReader, Reader>
class NativeLineStream final : public Reader
{
public:
    using Reader::Reader;

protected:
    void readLine(const QByteArray &bytes, json::Value line, std::vector<ChatStreamEvent> &events) override
    {
        const size_t begin = events.size();
        Reader::readLine(bytes, line, events);
        passAsItIs(bytes, events, begin);
    }
};

} // namespace lunargate
