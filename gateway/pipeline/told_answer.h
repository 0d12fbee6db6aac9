// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/cached_answer.h"
#include "gateway/dialects/openai_chat/stream_writer.h"
#include "gateway/pipeline/request_context.h"

#include <optional>

// What the collector and OpenTelemetry get of answers. They know OpenAI's chat protocol alone, so that what goes to
// clients of other dialects is written for them once more.
namespace lunargate {

/// Whether somebody wants to know what is answered.
bool isWatched(const RequestContext &context);

/// Tells of a stream while it goes on.
class ToldStream
{
public:
    explicit ToldStream(RequestContext &context);

    /// The next event, also for the client.
    void pass(const ChatStreamEvent &event);
    /// Tells what was passed since. `clientFrames`: what the client gets of it.
    void tell(const QByteArray &clientFrames, bool hasContent);

private:
    RequestContext &m_context;
    std::optional<openai_chat::StreamWriter> m_writer;
    QByteArray m_frames;
};

/// What is to be told of a whole answer that was kept in the client's dialect; empty: its own body.
QByteArray toldBody(const RequestContext &context, const CachedAnswer &answer);

/// Tells of a stream that was kept.
void tellStream(RequestContext &context, const CachedAnswer &answer);

} // namespace lunargate
