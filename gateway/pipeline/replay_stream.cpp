// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/replay_stream.h"

#include "gateway/pipeline/told_answer.h"

namespace lunargate {

namespace {

// What is handed to the socket at once where nobody asked for a rhythm.
constexpr qsizetype kPieceBytes = 32 * 1024;

} // namespace

Task<> replayStream(RequestContext &context, SharedAnswer answer)
{
    ResponseWriter &response = context.exchange.response;
    const milliseconds interval = context.runtime->config->caching.streamInterval;
    context.beginStream();

    const QByteArrayView frames = answer->body;
    qsizetype begin = 0;
    for (const qsizetype end : answer->frameEnds) {
        const bool isLast = end == frames.size();
        if (interval == 0ms && end - begin < kPieceBytes && !isLast)
            continue;
        while (response.isCongested())
            co_await response.drained();
        response.write(frames.sliced(begin, end - begin));
        begin = end;
        if (!isLast && interval > 0ms)
            co_await SleepUntil(Clock::now() + interval);
    }
    tellStream(context, *answer);
    context.finish();
    response.finishStream();
}

} // namespace lunargate
