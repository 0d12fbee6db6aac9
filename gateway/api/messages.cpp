// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/messages.h"

#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/pipeline/chat_pipeline.h"
#include "gateway/pipeline/count_tokens.h"

namespace lunargate::api {

namespace {

Result<std::unique_ptr<ClientCall>> readCall(RequestContext &context)
{
    HttpRequest &request = context.exchange.request;
    anthropic_messages::CallHead head = anthropic_messages::callHead(request.headers, request.target);
    // The body moves on: nobody else needs it, and it can be large.
    return anthropic_messages::readCall(std::move(request.body), context.runtime->config->server.maxJsonDepth,
                                        std::move(head));
}

} // namespace

Task<> messages(RequestContext &context, const GatewayStatus &)
{
    return runChatPipeline(context, readCall(context));
}

Task<> countMessageTokens(RequestContext &context, const GatewayStatus &)
{
    return countTokens(context, readCall(context));
}

} // namespace lunargate::api
