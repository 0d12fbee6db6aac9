// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/span_writer.h"

#include "gateway/collector/stream_assembly.h"
#include "gateway/json/text_writer.h"
#include "gateway/observability/redaction.h"
#include "gateway/telemetry/call_facts.h"
#include "gateway/telemetry/message_content.h"

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

// opentelemetry.proto.trace.v1: Span.SpanKind, Status.StatusCode, SpanFlags.
constexpr int kServer = 2;
constexpr int kClient = 3;
constexpr int kErrorStatus = 2;
constexpr int kSampledFlag = 1;
constexpr int kKnowsRemote = 0x100;
constexpr int kIsRemote = 0x200;

constexpr int kFirstServerError = 500;

// The conventions' known methods (RFC 9110 and PATCH).
constexpr std::array<QByteArrayView, 9> kMethods = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                    "CONNECT", "OPTIONS", "TRACE", "PATCH"};

struct Span
{
    SpanId id = 0;
    SpanId parentId = 0;
    QByteArray name;
    int kind = kServer;
    int flags = 0;
    TimePoint begin{};
    TimePoint end{};
    QByteArray attributes;
    bool hasFailed = false;
};

/// Writes the spans of one request.
class SpanWriter
{
public:
    SpanWriter(const TracedRequest &request, const NameTable &names, bool mayTellContent)
        : m_request(request),
          m_record(request.record),
          m_names(names),
          m_content(mayTellContent ? request.content.get() : nullptr),
          m_answered(request.answeredAttempt())
    {
    }

    WrittenSpans spans()
    {
        write(requestSpan());
        for (const AttemptRecord &attempt : m_record.attemptRecords)
            write(attemptSpan(attempt));
        return std::move(m_spans);
    }

private:
    // Conventions for HTTP server spans: methods and routes are of a bounded set, as a client without a key can send
    // what it likes; and a client's mistake is no error of the server.
    Span requestSpan() const
    {
        const bool isKnown = std::ranges::contains(kMethods, QByteArrayView(m_record.method));
        return {.id = m_request.trace->spanId,
                .parentId = m_request.trace->parentId,
                .name = (isKnown ? m_record.method : QByteArray("HTTP")) + ' ' + m_request.path,
                .kind = kServer,
                .flags = kSampledFlag | kKnowsRemote | (m_request.trace->parentId != 0 ? kIsRemote : 0),
                .begin = m_record.startedAt,
                .end = m_record.finishedAt.value_or(m_record.startedAt),
                .attributes = requestAttributes(isKnown ? m_record.method : QByteArray("_OTHER")),
                .hasFailed = m_record.status >= kFirstServerError};
    }

    QByteArray requestAttributes(const QByteArray &method) const
    {
        AttributeList list;
        list.add(m_names.httpMethod, method);
        list.add(m_names.httpRoute, m_request.path);
        list.add(m_names.urlPath, m_request.path);
        list.add(m_names.urlScheme, "http");
        list.add(m_names.httpStatus, std::optional<qint64>(m_record.status));
        list.add(m_names.errorType, errorTypeOf(m_record));
        list.add(m_names.requestId, m_record.requestId);
        list.add(m_names.route, m_record.route);
        list.add(m_names.provider, m_record.provider);
        list.add(m_names.model, m_record.model);
        if (m_record.cacheUse != CacheUse::None)
            list.add(m_names.cache, m_record.cacheUse == CacheUse::Hit ? "hit" : "miss");
        list.add(m_names.attempts, std::optional<qint64>(m_record.attempts));
        list.add(m_names.retries, std::optional<qint64>(m_record.retries));
        list.addFlag(m_names.isFallback, m_record.fallbackUsed);
        list.addFlag(m_names.isHedged, m_record.isHedged);
        if (m_record.cost) {
            const auto &amount = m_record.cost->amount;
            list.add(m_names.costUsd, amount ? std::optional(amount->dollars()) : std::nullopt);
            list.add(m_names.costSource, nameOf(m_record.cost->source));
        }
        return list.take();
    }

    Span attemptSpan(const AttemptRecord &attempt)
    {
        using enum AttemptOutcome;
        const bool wasGivenUp = attempt.outcome == Cancelled || attempt.outcome == Superseded;
        return {.id = attempt.spanId,
                .parentId = m_request.trace->spanId,
                .name = AttributeList::cleanText(QByteArray(operationOf(m_record)) + ' ' + attempt.model),
                .kind = kClient,
                .flags = kSampledFlag | kKnowsRemote,
                .begin = attempt.startedAt,
                .end = endOf(attempt, m_record),
                .attributes = attemptAttributes(attempt),
                .hasFailed = attempt.outcome != Success && !wasGivenUp};
    }

    QByteArray attemptAttributes(const AttemptRecord &attempt)
    {
        AttributeList list;
        addCall(list, m_names, m_request, attempt.provider, attempt.model);
        addParameters(list);
        list.add(m_names.errorType, errorTypeOf(attempt));
        list.add(m_names.provider, attempt.provider);
        list.add(m_names.attemptOutcome, outcomeLabel(attempt.outcome));
        if (attempt.status > 0)
            list.add(m_names.httpStatus, std::optional<qint64>(attempt.status));
        if (attempt.waited.count() > 0)
            list.add(m_names.attemptWaited, std::optional(std::chrono::duration<double>(attempt.waited).count()));
        if (attempt.phases)
            addPhases(list, *attempt.phases);
        if (&attempt == m_answered)
            addAnswer(list, attempt);
        const bool isToldAll = m_answered ? &attempt == m_answered : &attempt == &m_record.attemptRecords.back();
        if (m_content && isToldAll)
            addContent(list);
        return list.take();
    }

    // The conventions for spans of HTTP clients have no names for these.
    void addPhases(AttributeList &list, const PhaseTimes &phases) const
    {
        const auto addTime = [&list](const char *name, std::optional<std::chrono::microseconds> time) {
            if (time)
                list.add(name, std::optional(std::chrono::duration<double>(*time).count()));
        };
        list.addFlag(m_names.isConnectionReused, phases.isReused);
        addTime(m_names.attemptDns, phases.dns);
        addTime(m_names.attemptConnect, phases.connect);
        addTime(m_names.attemptTls, phases.tls);
        addTime(m_names.attemptFirstByte, phases.firstByte);
    }

    void addParameters(AttributeList &list) const
    {
        const RequestParameters &asked = m_request.parameters;
        list.addFlag(m_names.requestStream, m_record.stream);
        list.add(m_names.temperature, asked.temperature);
        list.add(m_names.topP, asked.topP);
        if (asked.topK && !m_names.isTopKWhole)
            list.add(m_names.topK, std::optional(static_cast<double>(*asked.topK)));
        else
            list.add(m_names.topK, asked.topK);
        list.add(m_names.frequencyPenalty, asked.frequencyPenalty);
        list.add(m_names.presencePenalty, asked.presencePenalty);
        list.add(m_names.maxTokens, asked.maxTokens);
        list.add(m_names.seed, asked.seed);
        if (asked.choices != 1)
            list.add(m_names.choiceCount, asked.choices);
        list.add(m_names.reasoningLevel, asked.reasoningEffort);
        list.add(m_names.outputType, asked.outputType);
        list.add(m_names.dimensionCount, asked.dimensions);
        if (!asked.encodingFormat.isEmpty())
            list.add(m_names.encodingFormats, std::array{asked.encodingFormat});
    }

    void addAnswer(AttributeList &list, const AttemptRecord &attempt) const
    {
        list.add(m_names.responseId, m_record.responseId);
        list.add(m_names.responseModel, m_record.modelServed);
        if (!m_record.finishReason.isEmpty())
            list.add(m_names.finishReasons, std::array{m_record.finishReason});
        if (m_record.stream) {
            list.add(m_names.timeToFirstChunk,
                     std::optional(std::chrono::duration<double>(*attempt.firstByteAt - attempt.startedAt).count()));
        }
        if (!m_record.usage)
            return;
        const Usage &usage = *m_record.usage;
        const auto addSome = [&list](const char *name, qint64 tokens) {
            if (tokens > 0)
                list.add(name, std::optional(tokens));
        };
        list.add(m_names.inputTokens, std::optional(usage.promptTokens()));
        if (!isEmbeddings(m_record))
            list.add(m_names.outputTokens, std::optional(usage.completionTokens()));
        addSome(m_names.cacheReadTokens, usage.cachedInput);
        addSome(m_names.cacheWriteTokens, usage.cacheWrites());
        addSome(m_names.reasoningTokens, usage.reasoning);
        list.addFlag(m_names.isUsageEstimated, usage.isEstimated);
    }

    void addContent(AttributeList &list)
    {
        const MessageContent asked = inputMessages(m_content->request);
        const bool isStream = !m_content->frames.isEmpty();
        const MessageContent answered =
            outputMessages(isStream ? assembledCompletion(m_content->frames, m_record) : m_content->response);
        list.addJson(m_names.inputMessages, asked.json);
        list.addJson(m_names.outputMessages, answered.json);
        if (const qint64 leftOut = asked.leftOut + answered.leftOut; leftOut > 0)
            list.add(m_names.messagesLeftOut, std::optional(leftOut));
        list.add(m_names.stopSequences, m_request.parameters.stop);
        list.add(m_names.conversationId, m_record.client.session);
        m_spans.hasContent = true;
    }

    // Unix time, as the request's clock runs.
    QByteArray nanoseconds(TimePoint at) const
    {
        const auto time = m_record.time.time_since_epoch() + (at - m_record.startedAt);
        return QByteArray::number(
            static_cast<qint64>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count()));
    }

    void write(const Span &span)
    {
        json::TextWriter json;
        json.beginObject();
        json.member("traceId", m_request.trace->traceId.text()).member("spanId", spanIdText(span.id));
        if (span.parentId != 0)
            json.member("parentSpanId", spanIdText(span.parentId));
        if (const QByteArray &state = m_request.trace->state; !state.isEmpty())
            json.member("traceState", redacted(state));
        json.member("flags", span.flags).member("name", span.name).member("kind", span.kind);
        json.member("startTimeUnixNano", nanoseconds(span.begin));
        json.member("endTimeUnixNano", nanoseconds(std::max(span.begin, span.end)));
        json.key("attributes").raw(span.attributes);
        if (span.hasFailed)
            json.key("status").beginObject().member("code", kErrorStatus).endObject();
        json.endObject();
        if (m_spans.count++ > 0)
            m_spans.json += ',';
        m_spans.json += json.text();
    }

    const TracedRequest &m_request;
    const RequestRecord &m_record;
    const NameTable &m_names;
    const TracedContent *m_content; // null: it is not told
    const AttemptRecord *m_answered;
    WrittenSpans m_spans;
};

} // namespace

WrittenSpans writeSpans(const TracedRequest &request, const NameTable &names, bool mayTellContent)
{
    return SpanWriter(request, names, mayTellContent).spans();
}

} // namespace lunargate
