// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/request_context.h"

#include "gateway/collector/collector.h"
#include "gateway/history/history.h"
#include "gateway/observability/access_log.h"
#include "gateway/observability/request_id.h"
#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/request_cost.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/pipeline/trace.h"
#include "gateway/telemetry/telemetry.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kJson = "application/json";

// A stream that was cut has used something, although nobody will ever say how much.
void estimateUsage(RequestRecord &record)
{
    const bool wasCut = record.stream && record.firstByteAt && record.hasFailed();
    if (!wasCut)
        return;
    // Some tell what they read at the start, with a placeholder for what they will write.
    Usage usage = record.usage.value_or(Usage{.input = tokensOfText(record.requestTextBytes)});
    const qint64 streamed = tokensOfText(record.streamedTextBytes);
    if (record.usage && usage.completionTokens() >= streamed)
        return;
    usage.output = std::max<qint64>(streamed - usage.reasoning, 0);
    usage.isEstimated = true;
    usage.cost.reset(); // it was for less
    record.usage = usage;
}

Error cutError(CutReason reason)
{
    switch (reason) {
    case CutReason::ClientLeft:
        return {.kind = ErrorKind::ClientCancelled, .reason = "client_cancelled", .message = "client disconnected"};
    case CutReason::Shutdown:
        return {.kind = ErrorKind::Overloaded,
                .reason = "shutting_down",
                .message = "the gateway is shutting down and had no time left for this answer; send it again",
                .retryAfter = std::chrono::seconds(1)};
    case CutReason::Timeout:
        return {.kind = ErrorKind::DeadlineExceeded,
                .reason = "command_timeout",
                .message = "the command took longer than remote_control.timeout"};
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

RequestContext::RequestContext(Exchange &requestExchange, std::shared_ptr<const Runtime> currentRuntime,
                               Transport &transport, BackgroundTasks &workersTasks, Services &sharedServices)
    : exchange(requestExchange),
      runtime(std::move(currentRuntime)),
      network(transport),
      background(workersTasks),
      services(sharedServices)
{
    const HttpRequest &request = exchange.request;
    record.requestId = newRequestId();
    record.clientRequestId = request.headers.value("X-Request-Id").value_or(QByteArray());
    record.method = request.method;
    record.path = request.path().toByteArray();
    record.bytesIn = request.body.size();
    if (request.receivedAt != TimePoint{}) {
        record.time -= std::chrono::floor<std::chrono::system_clock::duration>(record.startedAt - request.receivedAt);
        record.startedAt = request.receivedAt;
    }
    exchange.response.setHeader(headers::kRequestId, record.requestId);
    if (!record.clientRequestId.isEmpty())
        exchange.response.setHeader("X-Request-Id", record.clientRequestId);
}

RequestContext::~RequestContext()
{
    if (!m_finished)
        recordEarlyEnd();
}

// The frames above this were destroyed before the answer was complete.
void RequestContext::recordEarlyEnd()
{
    const Error error = cutError(exchange.cutReason);
    if (exchange.cutReason == CutReason::ClientLeft) {
        record.setError(error);
        finish();
        return;
    }
    if (exchange.response.state() == ResponseWriter::State::NotStarted) {
        respondError(error);
        return;
    }
    record.setError(error);
    // Nothing can be told in other answers: without an end they do not look whole.
    const bool isStreaming = exchange.response.state() == ResponseWriter::State::Streaming && m_hasFrames;
    const QByteArray frame = isStreaming ? lastFrame(error) : QByteArray();
    if (capture)
        capture->noteAnswer(frame);
    finish();
    if (isStreaming) {
        exchange.response.write(frame);
        exchange.response.finishStream();
    }
}

// As the one that wrote the stream so far goes on, if there is one.
QByteArray RequestContext::lastFrame(const Error &error)
{
    if (!m_writer)
        return m_dialect->errorFrame(error);
    QByteArray frames;
    m_writer->append(frames, {.kind = ChatStreamEvent::Kind::Failure, .error = error});
    return frames;
}

void RequestContext::setDialect(ChatProtocol protocol)
{
    m_dialect = &dialectOf(protocol);
    if (const QByteArrayView header = m_dialect->requestIdHeader(); !header.isEmpty())
        exchange.response.setHeader(header, record.requestId);
}

void RequestContext::setEndpoint(QByteArrayView name, bool asksModel, QByteArrayView path)
{
    record.endpoint = name.toByteArray();
    record.asksModel = asksModel;
    record.isTurnedAway = true;
    if (!asksModel)
        return;
    record.client = clientDetails(exchange.request.headers);
    traced = services.telemetry->begin(runtime->config, exchange.request.headers);
    if (traced)
        traced->path = path.toByteArray();
    if (services.history->wantsBodies())
        startCapture();
}

void RequestContext::startCapture()
{
    capture = std::make_unique<BodyCapture>(record.startedAt, runtime->config->history.maxBodyBytes);
    capture->noteRequest(exchange.request);
    exchange.response.onWrite([this](QByteArrayView bytes) { capture->noteAnswer(bytes); });
}

void RequestContext::beginModelCall(RunningBoard &board, bool isCollected)
{
    m_active = services.metrics.requestStarted();
    m_running = board.add(record);
    if (isCollected)
        collected = services.collector->begin();
}

void RequestContext::beginStream(std::unique_ptr<StreamWriter> writer)
{
    m_writer = std::move(writer);
    record.status = 200;
    headers::setOverhead(record, exchange.response);
    m_contentType = m_dialect->streamContentType().toByteArray();
    m_hasFrames = true;
    headers::startStream(m_contentType, exchange.response);
    if (!capture)
        exchange.response.releaseHeaders();
    m_openStream = services.metrics.streamStarted();
}

void RequestContext::beginRelay(int status, QByteArrayView contentType, bool hasFrames)
{
    record.status = status;
    m_contentType = contentType.toByteArray();
    m_hasFrames = hasFrames;
    headers::setOverhead(record, exchange.response);
    if (hasFrames) {
        headers::forbidBuffering(exchange.response);
        m_openStream = services.metrics.streamStarted();
    }
    exchange.response.startStream(status, contentType);
}

void RequestContext::respond(int status, QByteArrayView contentType, QByteArrayView body, QByteArrayView told)
{
    record.status = status;
    m_contentType = contentType.toByteArray();
    if (collected)
        collected->setResponse(told.isEmpty() ? body : told);
    if (traced && traced->content)
        traced->content->setResponse(told.isEmpty() ? body : told);
    send(status, contentType, body);
}

void RequestContext::respondError(const Error &error)
{
    record.setError(error);
    exchange.response.setHeader(headers::kErrorSource, "gateway");
    if (error.kind == ErrorKind::MissingKey || error.kind == ErrorKind::InvalidKey)
        exchange.response.setHeader("WWW-Authenticate", "Bearer realm=\"lunargate\"");
    if (error.retryAfter)
        exchange.response.setHeader("Retry-After", headers::retryAfterSeconds(*error.retryAfter));
    send(httpStatus(error), kJson, m_dialect->identifiedErrorBody(error, record.requestId));
}

void RequestContext::respondFailure(const UpstreamFailure &failure, bool wasFinal)
{
    ResponseWriter &response = exchange.response;
    headers::copyProviderHeaders(failure.headers, response, m_dialect->protocol());
    // Some say in the body how long to wait, where no client looks.
    const bool saysWait = failure.headers.contains("Retry-After") || failure.headers.contains("Retry-After-Ms");
    if (failure.error.retryAfter && !saysWait)
        response.setHeader("Retry-After", headers::retryAfterSeconds(*failure.error.retryAfter));
    response.setHeader(headers::kErrorSource, failure.fromProvider ? "upstream" : "gateway");
    // Everything worth trying was tried here: a client that retries on its own would multiply the attempts.
    if (wasFinal)
        response.setHeader("X-Should-Retry", "false");
    headers::setAttempts(record, response);
    if (failure.fromProvider)
        headers::setTarget(record, response);
    headers::setTiming(record, response);
    record.setError(failure.error);
    const bool isReadable = failure.protocol == m_dialect->errorProtocol() && !failure.body.isEmpty();
    send(httpStatus(failure.error), kJson,
         isReadable ? failure.body : m_dialect->identifiedErrorBody(failure.error, record.requestId));
}

void RequestContext::fail(const Error &error)
{
    if (exchange.response.state() == ResponseWriter::State::NotStarted) {
        respondError(error);
    } else if (!m_finished) {
        record.setError(error);
        finish();
    }
}

void RequestContext::finish()
{
    if (std::exchange(m_finished, true))
        return;
    if (const std::optional<AttemptOutcome> outcome = record.finish())
        services.metrics.attemptFinished(record.provider, *outcome);
    if (exchange.request.incoming)
        record.bytesIn = exchange.request.incoming->received();
    record.bytesOut = std::max<qint64>(record.bytesOut, exchange.response.bodyBytes());
    estimateUsage(record);
    setCost(record, runtime->prices);
    if (exchange.response.state() == ResponseWriter::State::NotStarted)
        headers::setCost(record, exchange.response);
    limitPermit.settle(tokensUsed(record, limitPermit.reserved()), *record.finishedAt);
    m_active = {};
    m_running = {};
    m_openStream = {};
    services.metrics.requestFinished(record);
    logAccess(record);
    if (record.asksModel)
        services.history->add(record, takeCaptured());
    collectEnd(*this);
    traceEnd(*this);
}

std::shared_ptr<const HistoryMessages> RequestContext::takeCaptured()
{
    if (!capture)
        return nullptr;
    exchange.response.onWrite({});
    if (record.isTurnedAway) // nobody fills the history with bodies without a key
        return nullptr;
    if (exchange.request.incoming)
        capture->noteUnkept(exchange.request.incoming->received());
    const ResponseWriter::State state = exchange.response.state();
    if (state == ResponseWriter::State::NotStarted && record.errorKind == ErrorKind::ClientCancelled)
        return capture->messages(); // there was no answer
    capture->noteAnswerHeaders(exchange.response.headers(), m_contentType);
    return capture->messages();
}

void RequestContext::send(int status, QByteArrayView contentType, QByteArrayView body)
{
    record.bytesOut = body.size();
    if (capture)
        capture->noteAnswer(body);
    finish(); // before the client can know: whoever asks for the metrics next finds this request in them
    exchange.response.send(status, contentType, body);
}

} // namespace lunargate
