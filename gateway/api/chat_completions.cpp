// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/chat_completions.h"

#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/pipeline/chat_pipeline.h"

namespace lunargate::api {

Task<> chatCompletions(RequestContext &context, const GatewayStatus &)
{
    // The body moves on: nobody else needs it, and it can be large.
    return runChatPipeline(context, openai_chat::readCall(std::move(context.exchange.request.body),
                                                          context.runtime->config->server.maxJsonDepth));
}

} // namespace lunargate::api
