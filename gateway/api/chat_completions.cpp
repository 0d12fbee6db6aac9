// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/chat_completions.h"

#include "gateway/dialects/openai_responses/on_chat_path.h"
#include "gateway/pipeline/chat_pipeline.h"

namespace lunargate::api {

Task<> chatCompletions(RequestContext &context, const GatewayStatus &)
{
    // The body moves on: nobody else needs it, and it can be large.
    return runChatPipeline(context, responses::readChatPath(std::move(context.exchange.request.body),
                                                            context.runtime->config->server.maxJsonDepth));
}

} // namespace lunargate::api
