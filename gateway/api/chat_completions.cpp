// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/chat_completions.h"

#include "gateway/pipeline/chat_pipeline.h"

namespace lunargate::api {

Task<> chatCompletions(RequestContext &context, const GatewayStatus &)
{
    return runChatPipeline(context);
}

} // namespace lunargate::api
