// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/explain.h"

#include "gateway/config/masked_url.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/select_model.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>

namespace lunargate {

namespace {

Result<ChatRequest> readChat(const Config &config, QByteArray body)
{
    Result<ChatRequest> request = openai_chat::readRequest(std::move(body), config.server.maxJsonDepth);
    if (!request)
        return request;
    if (Result<void> normalised = normalise(*request); !normalised)
        return std::unexpected(std::move(normalised.error()));
    return request;
}

void select(const ModelSelector &selector, const ChatRequest &request, Explanation &explanation)
{
    if (!selector.isEnabled()) {
        explanation.notSelected = "model_selection is not enabled";
    } else if (!selector.appliesTo(*explanation.requested)) {
        explanation.notSelected = "the request names a model, and override_user_model is off";
    } else {
        explanation.selection = selector.select(selectionInput(request));
        explanation.selectionHeaders = selector.headersOf(*explanation.selection);
    }
}

} // namespace

Result<ExplainedRequest> readExplainedRequest(const Config &config, ExplainedEndpoint endpoint, QByteArray body,
                                              HeaderList headers)
{
    const auto made = [&](auto &&request) {
        return ExplainedRequest{.request = std::forward<decltype(request)>(request), .headers = std::move(headers)};
    };
    if (endpoint == ExplainedEndpoint::Chat)
        return readChat(config, std::move(body)).transform(made);
    return openai_embeddings::readRequest(std::move(body), config.server.maxJsonDepth).transform(made);
}

Explanation explainRequest(const Runtime &runtime, const ExplainedRequest &request, const IsRefused &isRefused,
                           const IsAllowed &isAllowed)
{
    const auto *chat = std::get_if<ChatRequest>(&request.request);
    Explanation explanation;
    explanation.endpoint = chat ? "chat_completions" : "embeddings";
    explanation.modelAsked = std::visit([](const auto &body) { return body.model; }, request.request);

    Result<RequestedModel> requested = runtime.router.requestedModel(request.headers, explanation.modelAsked);
    if (!requested) {
        explanation.error = std::move(requested.error());
        return explanation;
    }
    explanation.requested = *std::move(requested);
    if (chat)
        select(runtime.selector, *chat, explanation);
    else
        explanation.notSelected = "only chat requests are rated";

    Result<RoutingRequest> routing =
        chat ? chatRouting(request.headers, *explanation.requested, explanation.selectionHeaders)
             : embeddingsRouting(request.headers, *explanation.requested);
    if (!routing) {
        explanation.error = std::move(routing.error());
        return explanation;
    }
    explanation.routing = runtime.router.explain(*routing, isRefused, isAllowed);
    if (!explanation.routing->preview)
        explanation.error = explanation.routing->preview.error();
    return explanation;
}

std::optional<RoutePlan> likelyPlan(const Explanation &explanation)
{
    if (explanation.error || !explanation.routing || !explanation.routing->preview)
        return std::nullopt;
    const RoutePreview &preview = *explanation.routing->preview;
    RoutePlan plan;
    plan.routeName = preview.routeName;
    const auto rank = [](const RoutePreview::Target &target) { return std::pair(target.isNext, target.chance); };
    if (const auto best = std::ranges::max_element(preview.targets, {}, rank); best != preview.targets.end())
        plan.candidates.push_back(best->candidate);
    std::ranges::copy(preview.fallbacks, std::back_inserter(plan.candidates));
    return plan;
}

Result<PlannedCall> plannedCall(const Runtime &runtime, const ExplainedRequest &request, const Candidate &candidate)
{
    const std::shared_ptr<const Provider> provider =
        runtime.providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
    if (!provider)
        return std::unexpected(
            Error{.kind = ErrorKind::UpstreamProtocol,
                  .reason = "provider_not_supported",
                  .message = "this version cannot call the provider " + quoted(candidate.providerId)});
    PreparedCall call = request.isChat()
                            ? provider->chatCall(std::get<ChatRequest>(request.request), candidate.model)
                            : provider->embeddingsCall(std::get<EmbeddingsRequest>(request.request), candidate.model);
    if (!call)
        return std::unexpected(std::move(call.error()));
    ProviderCall &planned = **call;
    return PlannedCall{.method = std::move(planned.request.method),
                       .url = maskedUrl(planned.request.url.toEncoded()),
                       .body = std::move(planned.request.body),
                       .droppedParams = std::move(planned.droppedParams)};
}

QByteArray whyPassedOver(const PassedOverRoute &route)
{
    const auto orMissing = [](const QByteArray &text) {
        return text.isEmpty() ? QByteArrayLiteral("missing") : quoted(text);
    };
    switch (route.reason) {
    case PassedOverRoute::Reason::NoTargets:
        return "it has no targets";
    case PassedOverRoute::Reason::Name:
        return "X-LunarGate-Route asks for " + quoted(route.found);
    case PassedOverRoute::Reason::Path:
        return "the path " + quoted(route.found) + " does not begin with " + quoted(route.wanted);
    case PassedOverRoute::Reason::Header:
        return "the header " + route.header + " is " + orMissing(route.found) + ", and the route wants it to be " +
               orMissing(route.wanted);
    }
    Q_UNREACHABLE_RETURN({});
}

QByteArray whyLeftOut(LeftOutTarget::Reason reason)
{
    switch (reason) {
    case LeftOutTarget::Reason::OtherProvider:
        return "the request asks for another provider";
    case LeftOutTarget::Reason::OtherModel:
        return "the request asks for another model";
    case LeftOutTarget::Reason::NamedElsewhere:
        return "another target has the model by name";
    case LeftOutTarget::Reason::Drained:
        return "its weight is 0";
    case LeftOutTarget::Reason::NoModel:
        return "neither the request nor the target nor the provider names a model";
    case LeftOutTarget::Reason::Repeated:
        return "it comes earlier already";
    case LeftOutTarget::Reason::NotAllowed:
        return "the client's key does not allow it";
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace lunargate
