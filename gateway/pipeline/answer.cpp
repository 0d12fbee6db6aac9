// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/answer.h"

#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/dialects/openai_chat/stream_writer.h"
#include "gateway/async/timer.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/hide_secrets.h"
#include "gateway/pipeline/stream_pace.h"
#include "gateway/pipeline/trace.h"

#include <QDateTime>

#include <algorithm>

namespace lunargate {

namespace {

// After the end mark only the end of the HTTP message is missing. With it the connection can serve the next call.
// Whoever sends it later has his connection closed; the client must not wait for it with its next request.
constexpr milliseconds kTrailingTime = 5ms;

// A model's name and a finish reason are the provider's; the record does not grow with them.
constexpr qsizetype kLongestName = 256;

QByteArray boundedName(const QByteArray &name)
{
    return name.left(kLongestName);
}

// Who served it, and why it ended.
void noteAnswer(const ModelAnswer &answer, RequestRecord &record)
{
    record.usage = answer.usage;
    const Completion *completion = answer.completion ? &*answer.completion : nullptr;
    record.modelServed = boundedName(completion ? completion->model : answer.model);
    record.responseId = boundedName(completion ? completion->id : answer.id);
    record.finishReason = completion ? openai_chat::finishReasonText(completion->finishReason).toByteArray()
                                     : boundedName(answer.finishReason);
}

QByteArray ownId(const RequestContext &context)
{
    return "chatcmpl-" + context.record.requestId;
}

QByteArray completionBody(const RequestContext &context, const ModelAnswer &whole)
{
    return openai_chat::completionBody(*whole.completion, whole.usage, ownId(context), context.record.model,
                                       QDateTime::currentSecsSinceEpoch());
}

void setAnswerHeaders(RequestContext &context, const OpenAnswer &open)
{
    headers::copyProviderHeaders(open.headers, context.exchange.response);
    headers::setTarget(context.record, context.exchange.response);
    headers::setAttempts(context.record, context.exchange.response);
    headers::setDroppedParams(open.droppedParams, context.exchange.response);
}

/// Hands events to the client; remembers usage and how the stream ended.
class Relay
{
public:
    Relay(RequestContext &context, bool includeUsage, CacheLookup &cache, std::vector<QByteArray> droppedParams)
        : m_context(context),
          m_cache(cache),
          m_recording(cache.recording()),
          m_droppedParams(std::move(droppedParams)),
          m_writer({.includeUsage = includeUsage,
                    .fallbackId = ownId(context),
                    .fallbackModel = context.record.model,
                    .created = QDateTime::currentSecsSinceEpoch()})
    {
    }

    bool hasEnded() const { return m_ended; }
    bool isWhole() const { return m_ended && !m_failure; }
    /// What broke the stream.
    const std::optional<Error> &failure() const { return m_failure; }

    void pass(std::vector<ChatStreamEvent> &events)
    {
        QByteArray frames;
        const qsizetype textBytes = m_context.record.streamedTextBytes;
        for (ChatStreamEvent &event : events) {
            if (event.kind == ChatStreamEvent::Kind::Failure)
                hideSecrets(event.error);
            const qsizetype begin = frames.size();
            m_writer.append(frames, event);
            if (event.kind != ChatStreamEvent::Kind::Comment)
                m_recording.add(QByteArrayView(frames).sliced(begin));
            note(event);
        }
        events.clear();
        if (m_ended)
            keep();
        collectFrames(m_context, frames, m_context.record.streamedTextBytes > textBytes);
        traceFrames(m_context, frames);
        m_context.exchange.response.write(frames);
    }

private:
    void note(const ChatStreamEvent &event)
    {
        RequestRecord &record = m_context.record;
        record.streamedTextBytes += event.textBytes;
        if (event.usage)
            record.usage = event.usage; // counts are cumulative where they come more than once
        if (const QByteArray &model = event.model.isEmpty() ? event.delta.model : event.model; !model.isEmpty())
            record.modelServed = boundedName(model);
        if (const QByteArray &id = event.id.isEmpty() ? event.delta.id : event.id; !id.isEmpty())
            record.responseId = boundedName(id);
        if (!event.finishReason.isEmpty())
            record.finishReason = boundedName(event.finishReason);
        else if (event.delta.finishReason)
            record.finishReason = openai_chat::finishReasonText(*event.delta.finishReason).toByteArray();
        if (event.kind == ChatStreamEvent::Kind::Failure) {
            record.setError(event.error);
            record.breakAttempt(event.error);
            m_context.services.metrics.attemptFailed(record.provider, event.error);
            m_failure = event.error;
            logEvent(pipelineLog(), LogLevel::Warning, "stream broke",
                     {{"request_id", record.requestId},
                      {"provider", record.provider},
                      {"error", event.error.reason},
                      {"text", event.error.message},
                      {"detail", event.error.detail}});
        }
        m_ended = event.kind == ChatStreamEvent::Kind::End || event.kind == ChatStreamEvent::Kind::Failure;
    }

    void keep()
    {
        if (!isWhole())
            return m_cache.failed();
        CachedAnswer answer = m_recording.take();
        answer.droppedParams = std::move(m_droppedParams);
        answer.usage = m_context.record.usage;
        m_cache.keep(std::move(answer));
    }

    RequestContext &m_context;
    CacheLookup &m_cache;
    StreamRecording m_recording;
    std::vector<QByteArray> m_droppedParams;
    openai_chat::StreamWriter m_writer;
    bool m_ended = false;
    std::optional<Error> m_failure;
};

/// Sends the client a sign of life whenever nothing else was sent for some time. It has timers of its own, so that
/// the provider's silence is measured as without it.
class KeepAlive
{
public:
    KeepAlive(ResponseWriter &response, milliseconds interval)
        : m_response(response), m_interval(interval), m_timer([this] { onTimeout(); })
    {
        restart();
    }

    /// Something was sent.
    void restart()
    {
        if (m_interval > 0ms)
            m_timer.start(Clock::now() + m_interval);
    }

private:
    void onTimeout()
    {
        restart();
        if (!m_response.isCongested())
            m_response.write(openai_chat::kKeepAliveFrame);
    }

    ResponseWriter &m_response;
    milliseconds m_interval;
    Timer m_timer;
};

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

Task<> answerStream(RequestContext &context, const ChatRequest &request, OpenAnswer open, CacheLookup &cache)
{
    ResponseWriter &response = context.exchange.response;
    setAnswerHeaders(context, open);
    context.beginStream();

    Relay relay(context, request.includeUsage, cache, std::move(open.droppedParams));
    StreamPace pace(context.record, measuredChunks(context));
    relay.pass(open.events);
    std::optional<KeepAlive> keepAlive(std::in_place, response, context.runtime->config->server.streamKeepAlive);
    while (!relay.hasEnded()) {
        pace.passedOn(Clock::now());
        if (response.isCongested())
            co_await untilDrained(response, *open.deadlines, pace);
        co_await readMore(open, pace);
        relay.pass(open.events);
        keepAlive->restart();
    }
    keepAlive.reset();
    pace.passedOn(Clock::now());
    if (relay.isWhole()) {
        open.permit.succeed();
    } else {
        open.load.failed();
        open.permit.fail(*relay.failure());
    }
    context.finish();
    response.finishStream();
    if (relay.isWhole())
        co_await open.call->read(Clock::now() + kTrailingTime);
}

} // namespace

Task<> answer(RequestContext &context, const ChatRequest &request, OpenAnswer open, CacheLookup &cache)
{
    if (request.stream) {
        co_await answerStream(context, request, std::move(open), cache);
        co_return;
    }
    if (open.whole.completion)
        open.whole.body = completionBody(context, open.whole);
    answerWhole(context, std::move(open), cache);
}

void answerWhole(RequestContext &context, OpenAnswer open, CacheLookup &cache)
{
    noteAnswer(open.whole, context.record);
    setAnswerHeaders(context, open);
    cache.keep({.body = open.whole.body, .droppedParams = std::move(open.droppedParams), .usage = open.whole.usage});
    headers::setTiming(context.record, context.exchange.response);
    context.respond(200, "application/json", open.whole.body);
}

} // namespace lunargate
