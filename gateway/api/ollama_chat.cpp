// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_chat.h"

#include "gateway/api/ollama_names.h"
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/pipeline/chat_pipeline.h"
#include "gateway/pipeline/load_model.h"

namespace lunargate::api {

namespace {

using Read = Result<ollama_api::ReadCall> (*)(QByteArray, int, const ollama_api::ModelMeant &);

Task<> answer(RequestContext &context, Read read)
{
    const Runtime &runtime = *context.runtime;
    // The body moves on: nobody else needs it, and it can be large.
    Result<ollama_api::ReadCall> call =
        read(std::move(context.exchange.request.body), runtime.config->server.maxJsonDepth,
             [&runtime](QByteArrayView name) { return modelMeant(runtime, name); });
    if (!call)
        co_return context.respondError(call.error());
    if (call->loadAnswer.isEmpty())
        co_await runChatPipeline(context, std::move(call->call));
    else
        co_await loadModel(context, std::move(call->call), std::move(call->loadAnswer));
}

} // namespace

Task<> ollamaChat(RequestContext &context, const GatewayStatus &)
{
    return answer(context, &ollama_api::readChatCall);
}

Task<> ollamaGenerate(RequestContext &context, const GatewayStatus &)
{
    return answer(context, &ollama_api::readGenerateCall);
}

} // namespace lunargate::api
