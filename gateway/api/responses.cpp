// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/responses.h"

#include "gateway/api/response_state.h"
#include "gateway/pipeline/chat_pipeline.h"

#include <QDateTime>

namespace lunargate::api {

namespace {

using ReadCall = Result<std::unique_ptr<ClientCall>>;

ReadCall readCall(RequestContext &context, responses::ResponsesBody body)
{
    Result<responses::EarlierTurns> earlier = earlierTurns(context, body);
    if (!earlier)
        return std::unexpected(std::move(earlier.error()));
    const QByteArray unknownId = earlier->previous ? QByteArray() : body.previousResponseId;
    responses::OnFinished keep = keeper(context, body);
    ReadCall call = responses::readCall(std::move(body), *std::move(earlier), std::move(keep));
    if (!call)
        return call;
    ChatRequest &request = (*call)->request;
    request.native->headers = responses::forwardedHeaders(context.exchange.request.headers);
    if (!unknownId.isEmpty()) // a provider that speaks the protocol may know it, nobody else can
        request.untranslatable = responses::previousResponseNotFound(unknownId);
    return call;
}

// Of what nobody here knows there is nothing that could go on.
bool isKnown(const RequestContext &context, const QByteArray &previousResponseId)
{
    return previousResponseId.isEmpty() || findResponse(context, previousResponseId);
}

// `generate: false`: nobody is asked, and the response that there is at once stands for the input alone.
void warmUp(RequestContext &context, ClientCall &call)
{
    context.record.modelAsked = call.request.model;
    context.record.stream = true;
    const std::unique_ptr<StreamWriter> writer = call.streamWriter({.requestId = context.record.requestId,
                                                                    .model = call.request.model,
                                                                    .created = QDateTime::currentSecsSinceEpoch()});
    QByteArray frames;
    ChatStreamEvent nothing{.kind = ChatStreamEvent::Kind::Delta, .usage = Usage{}};
    nothing.delta.finishReason = FinishReason::Stop;
    writer->append(frames, nothing);
    writer->append(frames, {.kind = ChatStreamEvent::Kind::End});
    context.beginStream();
    context.exchange.response.write(frames);
    context.finish();
    context.exchange.response.finishStream();
}

} // namespace

Task<> createResponse(RequestContext &context, const GatewayStatus &)
{
    HttpRequest &request = context.exchange.request;
    Result<responses::ResponsesBody> body =
        responses::readBody(std::move(request.body), context.runtime->config->server.maxJsonDepth);
    if (!body)
        co_return context.respondError(body.error());
    const bool isContinued = !body->previousResponseId.isEmpty() || !body->itemReferences.empty();
    const bool isWarmUp = !body->generate && body->stream && !request.webSocket.isEmpty();
    if (isWarmUp && !isKnown(context, body->previousResponseId))
        co_return context.respondError(responses::previousResponseNotFound(body->previousResponseId));
    ReadCall call = readCall(context, *std::move(body));
    if (isWarmUp && call)
        co_return warmUp(context, **call);
    co_await runChatPipeline(context, std::move(call), isContinued ? Caching::Forbidden : Caching::Allowed);
}

} // namespace lunargate::api
