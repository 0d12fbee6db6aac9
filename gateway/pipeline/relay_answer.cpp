// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/relay_answer.h"

#include "gateway/chat/finish_reason.h"
#include "gateway/json/document.h"
#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/counted_attempt.h"
#include "gateway/pipeline/hide_secrets.h"
#include "gateway/pipeline/open_stream.h"
#include "gateway/pipeline/stream_keep_alive.h"
#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/token_count.h"

#include <algorithm>

namespace lunargate {

namespace {

using Kind = ChatStreamEvent::Kind;

// As in answer.cpp: only the end of the HTTP message is missing.
constexpr milliseconds kTrailingTime = 5ms;
constexpr qsizetype kLongestName = 256;
// An answer in JSON up to this size is looked into for what it used.
constexpr qsizetype kMostRead = 1024 * 1024;

bool isMediaType(QByteArrayView contentType, QByteArrayView wanted)
{
    const qsizetype end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.first(end)).trimmed().compare(wanted, Qt::CaseInsensitive) == 0;
}

// Completions count prompts and completions, images and audio input and output (OpenAI API reference).
std::optional<Usage> usageIn(json::Value usage)
{
    if (std::optional<Usage> found = openai::readUsage(usage))
        return found;
    const std::optional<qint64> input = tokenCount(usage["input_tokens"]);
    const std::optional<qint64> output = tokenCount(usage["output_tokens"]);
    if (!input && !output)
        return std::nullopt;
    return Usage{.input = input.value_or(0), .output = output.value_or(0)};
}

/// Hands the answer to the client; remembers what it used, and how it ended.
class Relay
{
public:
    Relay(RequestContext &context, bool hasFrames, bool isJson)
        : m_context(context), m_hasFrames(hasFrames), m_isRead(isJson)
    {
    }

    bool hasEnded() const { return m_ended; }
    const std::optional<Error> &failure() const { return m_failure; }
    /// Whether what was passed so far ends with a whole event, or is nothing.
    bool isBetweenEvents() const { return m_tail.isEmpty() || m_tail.endsWith("\n\n") || m_tail.endsWith("\r\n\r\n"); }

    void pass(std::vector<ChatStreamEvent> &events)
    {
        for (ChatStreamEvent &event : events) {
            if (event.kind == Kind::Failure)
                fail(std::move(event.error));
            else if (event.kind == Kind::Chunk)
                passChunk(event);
            m_ended = m_ended || event.kind == Kind::End;
        }
        events.clear();
        if (m_ended && !m_failure)
            readWhole();
    }

private:
    void passChunk(const ChatStreamEvent &event)
    {
        RequestRecord &record = m_context.record;
        record.streamedTextBytes += event.textBytes;
        if (event.usage)
            record.usage = event.usage;
        if (!event.delta.model.isEmpty())
            record.modelServed = event.delta.model.left(kLongestName);
        if (!event.delta.id.isEmpty())
            record.responseId = event.delta.id.left(kLongestName);
        if (event.delta.finishReason)
            record.finishReason = finishReasonText(*event.delta.finishReason).toByteArray();
        m_isRead = m_isRead && m_json.size() + event.payload.size() <= kMostRead;
        if (m_isRead)
            m_json += event.payload;
        if (m_hasFrames)
            noteTail(event.payload);
        m_context.exchange.response.write(event.payload);
    }

    // A blank line may come in pieces.
    void noteTail(QByteArrayView bytes)
    {
        constexpr qsizetype kBlankLine = 4;
        m_tail.append(bytes.last(std::min(bytes.size(), kBlankLine)));
        m_tail.remove(0, std::max<qsizetype>(m_tail.size() - kBlankLine, 0));
    }

    void fail(Error error)
    {
        hideSecrets(error);
        RequestRecord &record = m_context.record;
        record.setError(error);
        if (!isClientsMistake(error)) { // an attempt that the client ended counts as cancelled
            record.breakAttempt(error);
            m_context.services.metrics.attemptFailed(record.provider, error);
        }
        logEvent(pipelineLog(), LogLevel::Warning, "stream broke",
                 {{"request_id", record.requestId},
                  {"provider", record.provider},
                  {"error", error.reason},
                  {"text", error.message},
                  {"detail", error.detail}});
        if (m_hasFrames)
            m_context.exchange.response.write((isBetweenEvents() ? "" : "\n\n") +
                                              m_context.dialect().errorFrame(error));
        m_failure = std::move(error);
        m_ended = true;
    }

    void readWhole()
    {
        const std::optional<json::Document> document = m_isRead ? json::Document::parse(m_json) : std::nullopt;
        if (!document)
            return;
        const json::Value root = document->root();
        m_context.record.usage = usageIn(root["usage"]);
        m_context.record.modelServed = root["model"].toByteArray().left(kLongestName);
        m_context.record.responseId = root["id"].toByteArray().left(kLongestName);
    }

    RequestContext &m_context;
    const bool m_hasFrames;
    bool m_isRead;
    QByteArray m_json;
    QByteArray m_tail; // the last bytes of a stream of events
    bool m_ended = false;
    std::optional<Error> m_failure;
};

void setAnswerHeaders(RequestContext &context, const OpenAnswer &open)
{
    ResponseWriter &response = context.exchange.response;
    headers::copyProviderHeaders(open.headers, response, context.dialect().protocol());
    headers::setTarget(context.record, response);
    headers::setAttempts(context.record, response);
    if (const auto disposition = open.headers.value("Content-Disposition"))
        response.setHeader("Content-Disposition", redacted(*disposition));
}

bool isEmpty(const OpenAnswer &open)
{
    return open.events.size() == 2 && open.events.front().payload.isEmpty() && open.events.back().kind == Kind::End;
}

void respondEmpty(RequestContext &context, OpenAnswer &open, QByteArrayView contentType)
{
    open.permit.succeed();
    headers::setTiming(context.record, context.exchange.response);
    context.respond(open.status, contentType, {});
}

// Of a body that nobody gets no more is read; `open` goes, and the call with it.
void respondHead(RequestContext &context, OpenAnswer open, QByteArrayView contentType)
{
    open.permit.succeed();
    context.beginRelay(open.status, contentType, false);
    context.finish();
    context.exchange.response.finishStream();
}

} // namespace

Task<> relayAnswer(RequestContext &context, bool isCompletionStream, OpenAnswer open)
{
    ResponseWriter &response = context.exchange.response;
    setAnswerHeaders(context, open);
    const QByteArray contentType = open.headers.value("Content-Type").value_or(QByteArray());
    if (isEmpty(open))
        co_return respondEmpty(context, open, contentType);
    if (context.exchange.request.method == "HEAD")
        co_return respondHead(context, std::move(open), contentType);
    const bool hasFrames = isCompletionStream || isMediaType(contentType, "text/event-stream");
    context.beginRelay(open.status, contentType, hasFrames);

    Relay relay(context, hasFrames, isMediaType(contentType, "application/json"));
    StreamPace pace(context.record);
    relay.pass(open.events);
    std::optional<StreamKeepAlive> keepAlive;
    if (hasFrames)
        keepAlive.emplace(response, context.dialect().keepAliveFrame(), context.runtime->config->server.streamKeepAlive,
                          [&relay] { return relay.isBetweenEvents(); });
    while (!relay.hasEnded()) {
        pace.passedOn(Clock::now());
        if (response.isCongested())
            co_await untilDrained(response, *open.deadlines, pace);
        co_await readMore(open, pace);
        relay.pass(open.events);
        if (keepAlive)
            keepAlive->restart();
    }
    keepAlive.reset();
    pace.passedOn(Clock::now());
    if (const std::optional<Error> &failure = relay.failure()) {
        if (isClientsMistake(*failure))
            open.load.dismissed();
        else
            open.load.failed();
        open.permit.fail(*failure);
        context.finish();
        if (hasFrames)
            response.finishStream();
        co_return; // any other answer is left without its end, so that the connection breaks
    }
    open.permit.succeed();
    context.finish();
    response.finishStream();
    if (isCompletionStream)
        co_await open.call->read(Clock::now() + kTrailingTime);
}

} // namespace lunargate
