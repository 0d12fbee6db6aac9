// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/finish_reason.h"
#include "gateway/pipeline/answer.h"

#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/hide_secrets.h"
#include "gateway/pipeline/open_stream.h"
#include "gateway/pipeline/stream_keep_alive.h"
#include "gateway/pipeline/stream_pace.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/pipeline/told_answer.h"
#include "gateway/pipeline/trace.h"

#include <QDateTime>

namespace lunargate {

namespace {

// After the end mark only the end of the HTTP message is missing. With it the connection can serve the next call.
// Whoever sends it later has his connection closed; the client must not wait for it with its next request.
constexpr milliseconds kTrailingTime = 5ms;

// What a stream's last event may repeat of it. A whole answer may be larger; but of a stream the client has all
// already.
constexpr qsizetype kMostHeldOfStream = 32 * 1024 * 1024;

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
    record.finishReason =
        completion ? finishReasonText(completion->finishReason).toByteArray() : boundedName(answer.finishReason);
}

QByteArray completionBody(const ModelAnswer &whole, const AnswerFacts &facts)
{
    return openai_chat::completionBody(*whole.completion, whole.usage, facts.requestId, facts.model, facts.created);
}

void setAnswerHeaders(RequestContext &context, const OpenAnswer &open)
{
    headers::copyProviderHeaders(open.headers, context.exchange.response, context.dialect().protocol());
    headers::setTarget(context.record, context.exchange.response);
    headers::setAttempts(context.record, context.exchange.response);
    headers::setDroppedParams(open.droppedParams, context.exchange.response);
}

/// Hands events to the client; remembers usage and how the stream ended.
class Relay
{
public:
    /// The context has a writer.
    Relay(RequestContext &context, CacheLookup &cache, std::vector<QByteArray> droppedParams)
        : m_context(context),
          m_cache(cache),
          m_recording(cache.recording()),
          m_droppedParams(std::move(droppedParams)),
          m_writer(*context.streamWriter()),
          m_told(context)
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
            m_told.pass(event);
            if (event.kind != ChatStreamEvent::Kind::Comment)
                m_recording.add(QByteArrayView(frames).sliced(begin));
            note(event);
            if (!m_ended && m_writer.heldBytes() > kMostHeldOfStream)
                cutOff(frames);
            if (m_ended)
                break;
        }
        events.clear();
        if (m_ended)
            keep();
        m_told.tell(frames, m_context.record.streamedTextBytes > textBytes);
        m_context.exchange.response.write(frames);
    }

private:
    void cutOff(QByteArray &frames)
    {
        const ChatStreamEvent cut{
            .kind = ChatStreamEvent::Kind::Failure,
            .error = {.kind = ErrorKind::UpstreamProtocol,
                      .reason = "upstream_answer_too_large",
                      .message =
                          "the provider streamed more than 32 MiB, which the end of the stream would have to repeat"}};
        m_writer.append(frames, cut);
        m_told.pass(cut);
        note(cut);
    }

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
            record.finishReason = finishReasonText(*event.delta.finishReason).toByteArray();
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
    StreamWriter &m_writer;
    ToldStream m_told;
    bool m_ended = false;
    std::optional<Error> m_failure;
};

Task<> answerStream(RequestContext &context, ClientCall &call, OpenAnswer &open, CacheLookup &cache)
{
    ResponseWriter &response = context.exchange.response;
    setAnswerHeaders(context, open);
    open.headers = {};
    context.beginStream(call.streamWriter(factsOf(context)));

    Relay relay(context, cache, std::move(open.droppedParams));
    StreamPace pace(context.record, measuredChunks(context));
    relay.pass(open.events);
    std::optional<StreamKeepAlive> keepAlive(std::in_place, response, context.dialect().keepAliveFrame(),
                                             context.runtime->config->server.streamKeepAlive);
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

AnswerFacts factsOf(const RequestContext &context)
{
    return {.requestId = context.record.requestId,
            .model = context.record.model,
            .created = QDateTime::currentSecsSinceEpoch(),
            .promptTokens = tokensOfText(context.record.requestTextBytes),
            .startedAt = context.record.startedAt,
            .askedAt = context.record.upstreamStartedAt.value_or(context.record.startedAt),
            .firstContentAt = context.record.firstByteAt.value_or(Clock::now()),
            .provider = context.record.provider};
}

Task<> answer(RequestContext &context, ClientCall &call, OpenAnswer &open, CacheLookup &cache)
{
    if (call.request.stream) {
        co_await answerStream(context, call, open, cache);
        co_return;
    }
    const AnswerFacts facts = factsOf(context);
    const bool isTranslated = context.dialect().protocol() != ChatProtocol::OpenAiChat;
    const bool isToldOtherwise = isTranslated && isWatched(context) && open.whole.completion;
    const QByteArray told = isToldOtherwise ? completionBody(open.whole, facts) : QByteArray();
    open.whole.body = call.answerBody(open.whole, facts);
    answerWhole(context, std::move(open), cache, told);
}

void answerWhole(RequestContext &context, OpenAnswer open, CacheLookup &cache, const QByteArray &told)
{
    noteAnswer(open.whole, context.record);
    setAnswerHeaders(context, open);
    cache.keep({.body = open.whole.body, .droppedParams = std::move(open.droppedParams), .usage = open.whole.usage});
    headers::setTiming(context.record, context.exchange.response);
    context.respond(200, "application/json", open.whole.body, told);
}

} // namespace lunargate
