// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/background_tasks.h"
#include "gateway/collector/collected_request.h"
#include "gateway/dialects/dialect.h"
#include "gateway/http/exchange.h"
#include "gateway/limits/limit_permit.h"
#include "gateway/observability/request_record.h"
#include "gateway/observability/running_requests.h"
#include "gateway/pipeline/body_capture.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/pipeline/services.h"
#include "gateway/security/caller.h"
#include "gateway/telemetry/traced_request.h"
#include "gateway/upstream/transport.h"

#include <memory>

namespace lunargate {

/// A request on its way through the stages. Lives in the request's outermost frame, and when that goes — at the end,
/// by a failure, or because the client left — the request is recorded: once, here, and nowhere else.
class RequestContext
{
public:
    RequestContext(Exchange &requestExchange, std::shared_ptr<const Runtime> runtime, Transport &transport,
                   BackgroundTasks &workersTasks, Services &sharedServices);
    ~RequestContext();
    RequestContext(const RequestContext &) = delete;
    RequestContext &operator=(const RequestContext &) = delete;

    /// Which endpoint it is for, in our word; `asksModel`: one for model calls; `path`: as the table of endpoints
    /// writes it. Once.
    void setEndpoint(QByteArrayView name, bool asksModel, QByteArrayView path = {});
    /// What the client speaks: answers, errors among them, are written so. OpenAI's chat protocol, unless said.
    void setDialect(ChatProtocol protocol);
    const Dialect &dialect() const { return *m_dialect; }

    /// It asks for a model, and may: until it is finished it counts as active, and is on the `board`. `isCollected`:
    /// the collector is told of it.
    void beginModelCall(RunningBoard &board, bool isCollected = true);

    /// It passed all that keeps requests out.
    void letIn() { record.isTurnedAway = false; }

    /// Answers with a stream of events, which is open until the request is finished. The headers were set. `writer`
    /// lasts as long as this: if the stream is cut, the frames above are gone when it writes the last word.
    void beginStream(std::unique_ptr<StreamWriter> writer = nullptr);
    /// The one of the stream that is answered with; null: there is none.
    StreamWriter *streamWriter() { return m_writer.get(); }

    /// Answers with what comes, which is no stream of the client's dialect. The headers were set. `hasFrames`: it is a
    /// stream of events all the same, in which a failure can be told.
    void beginRelay(int status, QByteArrayView contentType, bool hasFrames);

    /// Answers with `body`. `told`: what collector and OpenTelemetry get instead; empty: the same.
    void respond(int status, QByteArrayView contentType, QByteArrayView body, QByteArrayView told = {});
    /// Answers with our own error, in the client's dialect.
    void respondError(const Error &error);
    /// Answers with what a provider said, or with why it could not be asked.
    /// `wasFinal`: the client would only repeat what was tried here.
    void respondFailure(const UpstreamFailure &failure, bool wasFinal = true);

    /// After an exception: answers with our own error if nothing was answered yet, and else notes it.
    void fail(const Error &error);

    /// The answer is complete but for its last bytes (or failed, see the record): records the request. What comes after
    /// no longer counts.
    void finish();

    Exchange &exchange;
    const std::shared_ptr<const Runtime> runtime;
    Transport &network;
    BackgroundTasks &background; ///< of this worker, for what goes on without the client
    Services &services;
    RequestRecord record;
    std::unique_ptr<CollectedRequest> collected; ///< of a model call until it is finished; null: nothing is to be told
    std::unique_ptr<TracedRequest> traced;       ///< likewise, for OpenTelemetry; also of calls that were refused
    std::unique_ptr<BodyCapture> capture;        ///< of what is said; null: the history does not want it
    Caller caller;                               ///< from the stage `authenticate` on
    LimitPermit limitPermit;                     ///< from the stage `limit` until the request is finished

private:
    void recordEarlyEnd();
    QByteArray lastFrame(const Error &error);
    void startCapture();
    std::shared_ptr<const HistoryMessages> takeCaptured();
    void send(int status, QByteArrayView contentType, QByteArrayView body);

    const Dialect *m_dialect = &dialectOf(ChatProtocol::OpenAiChat);
    InProgress m_active;
    RunningBoard::Entry m_running;
    InProgress m_openStream;
    QByteArray m_contentType = "application/json"; // of the answer
    std::unique_ptr<StreamWriter> m_writer;        // of the answer, if it is a stream of the dialect
    bool m_hasFrames = false;                      // it is a stream of events
    bool m_finished = false;
};

} // namespace lunargate
