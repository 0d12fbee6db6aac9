// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/responses.h"

#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/pipeline/chat_pipeline.h"

namespace lunargate::api {

namespace {

Result<std::unique_ptr<ClientCall>> readCall(RequestContext &context)
{
    HttpRequest &request = context.exchange.request;
    Result<responses::ResponsesBody> body =
        responses::readBody(std::move(request.body), context.runtime->config->server.maxJsonDepth);
    if (!body)
        return std::unexpected(std::move(body.error()));
    if (!body->previousResponseId.isEmpty())
        return std::unexpected(responses::previousResponseNotFound(body->previousResponseId));
    Result<std::unique_ptr<ClientCall>> call = responses::readCall(*std::move(body), {}, {});
    if (call)
        (*call)->request.native->headers = responses::forwardedHeaders(request.headers);
    return call;
}

} // namespace

Task<> createResponse(RequestContext &context, const GatewayStatus &)
{
    return runChatPipeline(context, readCall(context));
}

} // namespace lunargate::api
