// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/response_tools.h"

#include "gateway/api/response_state.h"
#include "gateway/json/text_writer.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/responses_tool.h"
#include "gateway/pipeline/token_estimate.h"

namespace lunargate::api {

namespace {

/// A body, what it refers to, and who can be asked about it.
struct ToolRequest
{
    responses::ResponsesBody body;
    responses::EarlierTurns earlier;
    RoutePlan plan; ///< without candidates: nobody
};

// What only the gateway keeps means nothing to a provider.
bool isKeptHereAlone(const ToolRequest &request)
{
    const std::optional<responses::PreviousResponse> &previous = request.earlier.previous;
    return previous && !request.plan.candidates.empty() &&
           previous->providerId != request.plan.candidates.front().providerId;
}

Result<ToolRequest> readToolRequest(RequestContext &context)
{
    Result<responses::ResponsesBody> body =
        responses::readBody(std::move(context.exchange.request.body), context.runtime->config->server.maxJsonDepth);
    if (!body)
        return std::unexpected(std::move(body.error()));
    Result<responses::EarlierTurns> earlier = earlierTurns(context, *body);
    if (!earlier)
        return std::unexpected(std::move(earlier.error()));
    Result<RoutePlan> plan = planNativeResponses(context, *body);
    if (!plan)
        return std::unexpected(std::move(plan.error()));
    return ToolRequest{.body = *std::move(body), .earlier = *std::move(earlier), .plan = *std::move(plan)};
}

Result<qint64> estimate(ToolRequest request)
{
    Result<std::unique_ptr<ClientCall>> call =
        responses::readCall(std::move(request.body), std::move(request.earlier), {});
    if (!call)
        return std::unexpected(std::move(call.error()));
    ChatRequest &chat = (*call)->request;
    if (Result<void> normalised = normalise(chat); !normalised)
        return std::unexpected(std::move(normalised.error()));
    if (!chat.conversation)
        return std::unexpected(chat.conversation.error());
    return tokensOfText(textBytes(chat));
}

Error noCompaction()
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "compaction_not_supported",
            .message = "only targets with `upstream_request_type: responses` can compact, and no target of this route "
                       "is one; send the whole conversation as `input` instead, or route this model to such a target",
            .param = "model"};
}

Error keptHereAlone()
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "compaction_not_supported",
            .message = "the provider that can compact does not have this response; send the conversation as `input`",
            .param = "previous_response_id"};
}

} // namespace

Task<> compactResponse(RequestContext &context, const GatewayStatus &)
{
    const Result<ToolRequest> request = readToolRequest(context);
    if (!request)
        co_return context.respondError(request.error());
    if (request->plan.candidates.empty())
        co_return context.respondError(noCompaction());
    if (isKeptHereAlone(*request))
        co_return context.respondError(keptHereAlone());
    co_await passToNativeResponses(context, "/responses/compact", request->body, request->plan);
}

Task<> countInputTokens(RequestContext &context, const GatewayStatus &)
{
    Result<ToolRequest> request = readToolRequest(context);
    if (!request)
        co_return context.respondError(request.error());
    if (!request->plan.candidates.empty() && !isKeptHereAlone(*request)) {
        co_await passToNativeResponses(context, "/responses/input_tokens", request->body, request->plan);
        co_return;
    }
    const Result<qint64> tokens = estimate(*std::move(request));
    if (!tokens)
        co_return context.respondError(tokens.error());
    json::TextWriter json;
    json.beginObject().member("object", "response.input_tokens").member("input_tokens", *tokens).endObject();
    context.respond(200, "application/json", json.text());
}

} // namespace lunargate::api
