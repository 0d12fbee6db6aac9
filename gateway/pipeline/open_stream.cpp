// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/open_stream.h"

#include <algorithm>

namespace lunargate {

Task<> readMore(OpenAnswer &open, StreamPace &pace)
{
    const AttemptDeadlines::Limit deadline = open.deadlines->nextPiece(Clock::now());
    Result<QByteArray> bytes = co_await open.call->read(deadline.at);
    pace.pieceCame(Clock::now());
    if (!bytes) {
        open.events.push_back(
            {.kind = ChatStreamEvent::Kind::Failure,
             .error = open.deadlines->explain(std::move(bytes.error()), AttemptDeadlines::Phase::Rest, deadline)});
    } else if (bytes->isEmpty()) {
        open.reader->finish(open.events);
    } else {
        open.reader->feed(*bytes, open.events);
    }
    if (std::ranges::any_of(open.events, &ChatStreamEvent::isUseful))
        pace.pieceHadContent();
}

Task<> untilDrained(ResponseWriter &response, AttemptDeadlines &deadlines, StreamPace &pace)
{
    const TimePoint start = Clock::now();
    while (response.isCongested())
        co_await response.drained();
    const TimePoint end = Clock::now();
    deadlines.excuse(end - start);
    pace.clientCaughtUp(end);
}

} // namespace lunargate
