// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/response_tools.h"

#include "gateway/api/response_state.h"
#include "gateway/json/text_writer.h"
#include "gateway/pipeline/count_tokens.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/responses_tool.h"

namespace lunargate::api {

namespace {

/// A call, with what it refers to, and who can be asked about it.
struct ToolRequest
{
    std::unique_ptr<ClientCall> call;
    RoutePlan plan; ///< without candidates: nobody
};

Result<ToolRequest> readToolRequest(RequestContext &context, MakePlan make)
{
    Result<responses::ResponsesBody> body =
        responses::readBody(std::move(context.exchange.request.body), context.runtime->config->server.maxJsonDepth);
    if (!body)
        return std::unexpected(std::move(body.error()));
    Result<responses::EarlierTurns> earlier = earlierTurns(context, *body);
    if (!earlier)
        return std::unexpected(std::move(earlier.error()));
    Result<std::unique_ptr<ClientCall>> call = responses::readCall(*std::move(body), *std::move(earlier), {});
    if (!call)
        return std::unexpected(std::move(call.error()));
    ChatRequest &request = (*call)->request;
    request.native->headers = responses::forwardedHeaders(context.exchange.request.headers);
    Result<RoutePlan> plan = planNativeResponses(context, request.model, make);
    if (!plan)
        return std::unexpected(std::move(plan.error()));
    return ToolRequest{.call = *std::move(call), .plan = *std::move(plan)};
}

Result<qint64> estimate(ChatRequest &chat)
{
    if (Result<void> normalised = normalise(chat); !normalised)
        return std::unexpected(std::move(normalised.error()));
    if (!chat.conversation)
        return std::unexpected(chat.conversation.error());
    return estimatedTokens(chat, false);
}

Error noCompaction()
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "compaction_not_supported",
            .message = "only targets with `upstream_request_type: responses` can compact, and no target of this route "
                       "is one; send the whole conversation as `input` instead, or route this model to such a target",
            .param = "model"};
}

} // namespace

Task<> compactResponse(RequestContext &context, const GatewayStatus &)
{
    const Result<ToolRequest> request = readToolRequest(context, &planRoute);
    if (!request)
        co_return context.respondError(request.error());
    if (request->plan.candidates.empty())
        co_return context.respondError(noCompaction());
    co_await passToNativeResponses(context, "/responses/compact", request->call->request, request->plan);
}

Task<> countInputTokens(RequestContext &context, const GatewayStatus &)
{
    const Result<ToolRequest> request = readToolRequest(context, &foreseeRoute);
    if (!request)
        co_return context.respondError(request.error());
    ChatRequest &chat = request->call->request;
    if (!request->plan.candidates.empty())
        co_return co_await passToNativeResponses(context, "/responses/input_tokens", chat, request->plan);
    const Result<qint64> tokens = estimate(chat);
    if (!tokens)
        co_return context.respondError(tokens.error());
    json::TextWriter json;
    json.beginObject().member("object", "response.input_tokens").member("input_tokens", *tokens).endObject();
    context.respond(200, "application/json", json.text());
}

} // namespace lunargate::api
