// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/load_model.h"

#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/chat_pipeline.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/try_targets.h"

namespace lunargate {

Task<> loadModel(RequestContext &context, std::unique_ptr<ClientCall> call, QByteArray ownAnswer)
{
    ChatRequest &request = call->request;
    request.stream = false; // one line, whatever the client asked for
    context.record.modelAsked = request.model;
    if (const Result<void> normalised = normalise(request); !normalised)
        co_return context.respondError(normalised.error());
    Result<RoutePlan> plan = planChat(context, request);
    if (!plan)
        co_return context.respondError(plan.error());
    if (plan->candidates.front().provider->protocol != Protocol::Ollama)
        co_return context.respond(200, "application/json", ownAnswer);

    plan->candidates.resize(1); // nobody else's model is meant
    const Prepare prepare = [&request](const Provider &provider, const Candidate &candidate) {
        return provider.chatCall(request, candidate.model);
    };
    AttemptResult open = co_await tryTargets(context, prepare, *plan);
    if (!open)
        co_return context.respondFailure(open.error());
    ResponseWriter &response = context.exchange.response;
    headers::copyProviderHeaders(open->headers, response, request.protocol());
    headers::setTarget(context.record, response);
    headers::setAttempts(context.record, response);
    headers::setTiming(context.record, response);
    context.respond(200, "application/json", open->whole.body);
}

} // namespace lunargate
