// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/chat_completions.h"

#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/dialects/openai_responses/on_chat_path.h"
#include "gateway/pipeline/chat_pipeline.h"

namespace lunargate::api {

Task<> chatCompletions(RequestContext &context, const GatewayStatus &)
{
    // The body moves on: nobody else needs it, and it can be large.
    const int maxDepth = context.runtime->config->server.maxJsonDepth;
    Result<std::unique_ptr<ClientCall>> call =
        openai_chat::readCall(std::move(context.exchange.request.body), maxDepth);
    if (call && responses::isOnChatPath((*call)->request))
        call = responses::readOnChatPath(std::move((*call)->request.body), maxDepth);
    return runChatPipeline(context, std::move(call));
}

} // namespace lunargate::api
