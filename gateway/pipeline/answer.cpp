// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/answer.h"

#include "gateway/dialects/openai_chat/stream_frames.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/answer_headers.h"

#include <algorithm>

namespace lunargate {

namespace {

// After the end mark only the end of the HTTP message is missing. With it the connection can serve the next call.
// Whoever sends it later has his connection closed; the client must not wait for it with its next request.
constexpr milliseconds kTrailingTime = 5ms;

void answerWhole(RequestContext &context, ChatAnswer whole)
{
    context.record.usage = whole.usage;
    headers::setTiming(context.record, context.exchange.response);
    context.respond(200, "application/json", whole.body);
}

/// Hands events to the client; remembers usage and how the stream ended.
class Relay
{
public:
    Relay(RequestContext &context, bool includeUsage) : m_context(context), m_includeUsage(includeUsage) {}

    bool hasEnded() const { return m_ended; }
    bool isWhole() const { return m_ended && !m_context.record.hasFailed(); }

    void pass(std::vector<ChatStreamEvent> &events)
    {
        QByteArray frames;
        for (const ChatStreamEvent &event : events) {
            openai_chat::appendFrame(frames, event, m_includeUsage);
            note(event);
        }
        events.clear();
        m_context.exchange.response.write(frames);
    }

private:
    void note(const ChatStreamEvent &event)
    {
        RequestRecord &record = m_context.record;
        if (event.usage)
            record.usage = event.usage; // counts are cumulative where they come more than once
        if (event.kind == ChatStreamEvent::Kind::Failure) {
            record.setError(event.error);
            logEvent(pipelineLog(), LogLevel::Warning, "stream broke",
                     {{"request_id", record.requestId},
                      {"provider", record.provider},
                      {"error", event.error.reason},
                      {"text", event.error.message},
                      {"detail", event.error.detail}});
        }
        m_ended = event.kind == ChatStreamEvent::Kind::End || event.kind == ChatStreamEvent::Kind::Failure;
    }

    RequestContext &m_context;
    bool m_includeUsage;
    bool m_ended = false;
};

Task<> readMore(OpenAnswer &open)
{
    const ProviderConfig &provider = open.provider->config();
    const TimePoint deadline = std::min(open.totalDeadline, deadlineIn(provider.idleTimeout));
    Result<QByteArray> bytes = co_await open.call->read(deadline);
    if (!bytes) {
        const bool isTotal = deadline == open.totalDeadline;
        open.events.push_back({.kind = ChatStreamEvent::Kind::Failure,
                               .error = explainReadError(std::move(bytes.error()), provider, true, isTotal)});
    } else if (bytes->isEmpty()) {
        open.reader->finish(open.events);
    } else {
        open.reader->feed(*bytes, open.events);
    }
}

Task<> answerStream(RequestContext &context, const ChatRequest &request, OpenAnswer open)
{
    ResponseWriter &response = context.exchange.response;
    headers::setOverhead(context.record, response);
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Accel-Buffering", "no"); // or nginx in front of us would collect the stream
    response.startStream(200, "text/event-stream; charset=utf-8");
    context.record.status = 200;

    Relay relay(context, request.includeUsage);
    relay.pass(open.events);
    while (!relay.hasEnded()) {
        while (response.isCongested())
            co_await response.drained();
        co_await readMore(open);
        relay.pass(open.events);
    }
    context.finish();
    response.finishStream();
    if (relay.isWhole())
        co_await open.call->read(Clock::now() + kTrailingTime);
}

} // namespace

Task<> answer(RequestContext &context, const ChatRequest &request, OpenAnswer open)
{
    headers::copyProviderHeaders(open.headers, context.exchange.response);
    headers::setTarget(context.record, context.exchange.response);
    if (request.stream)
        co_await answerStream(context, request, std::move(open));
    else
        answerWhole(context, std::move(open.whole));
}

} // namespace lunargate
