// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/explain.h"

#include "gateway/config/masked_url.h"
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/dialects/openai_responses/on_chat_path.h"
#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/prepare_call.h"
#include "gateway/pipeline/select_model.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>
#include <functional>

namespace lunargate {

namespace {

struct EndpointName
{
    ExplainedEndpoint endpoint;
    QByteArrayView name;
    QByteArrayView path; ///< its end
};
constexpr EndpointName kEndpoints[] = {
    {ExplainedEndpoint::Chat, "chat_completions", "/chat/completions"},
    {ExplainedEndpoint::Embeddings, "embeddings", "/embeddings"},
    {ExplainedEndpoint::Responses, "responses", "/responses"},
    {ExplainedEndpoint::Messages, "messages", "/messages"},
    {ExplainedEndpoint::OllamaChat, "ollama_chat", "/api/chat"},
    {ExplainedEndpoint::OllamaGenerate, "ollama_generate", "/api/generate"},
};

using ReadCall = Result<std::unique_ptr<ClientCall>>;

ReadCall readResponses(QByteArray bytes, int maxDepth, const HeaderList &headers)
{
    Result<responses::ResponsesBody> body = responses::readBody(std::move(bytes), maxDepth);
    if (!body)
        return std::unexpected(std::move(body.error()));
    const QByteArray unknownId = body->previousResponseId;
    ReadCall call = responses::readCall(*std::move(body), {}, {});
    if (!call)
        return call;
    ChatRequest &request = (*call)->request;
    request.native->headers = responses::forwardedHeaders(headers);
    if (!unknownId.isEmpty())
        request.untranslatable = responses::previousResponseNotFound(unknownId);
    return call;
}

ReadCall callOf(Result<ollama_api::ReadCall> read)
{
    if (!read)
        return std::unexpected(std::move(read.error()));
    if (!read->loadAnswer.isEmpty()) {
        return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                     .reason = "no_model_call",
                                     .message = "it asks for nothing: without words it only loads a model"});
    }
    return std::move(read->call);
}

ReadCall readCall(const Config &config, ExplainedEndpoint endpoint, QByteArray body, const HeaderList &headers,
                  const ollama_api::ModelMeant &modelMeant)
{
    const int maxDepth = config.server.maxJsonDepth;
    switch (endpoint) {
    case ExplainedEndpoint::Chat:
    case ExplainedEndpoint::Embeddings:
        break;
    case ExplainedEndpoint::Responses:
        return readResponses(std::move(body), maxDepth, headers);
    case ExplainedEndpoint::Messages:
        return anthropic_messages::readCall(std::move(body), maxDepth, anthropic_messages::callHead(headers, {}));
    case ExplainedEndpoint::OllamaChat:
        return callOf(ollama_api::readChatCall(std::move(body), maxDepth, modelMeant));
    case ExplainedEndpoint::OllamaGenerate:
        return callOf(ollama_api::readGenerateCall(std::move(body), maxDepth, modelMeant));
    }
    return responses::readChatPath(std::move(body), maxDepth);
}

ReadCall normalised(ReadCall call)
{
    if (!call)
        return call;
    if (Result<void> normalised = normalise((*call)->request); !normalised)
        return std::unexpected(std::move(normalised.error()));
    return call;
}

bool isSame(const LeftOutTarget &one, const LeftOutTarget &other)
{
    return one.isFallback == other.isFallback && one.index == other.index && one.reason == other.reason;
}

// Where nobody is able the router leaves what there is. Who is left out because he cannot serve it is told so; `able`
// is what the router says about that alone.
void keepAble(RouteExplanation &routing, const IsAllowed &isAble, const RouteExplanation &able)
{
    using Reason = LeftOutTarget::Reason;
    for (LeftOutTarget &leftOut : routing.leftOut) {
        const bool isUnable =
            leftOut.reason == Reason::NotAllowed && std::ranges::any_of(able.leftOut, std::bind_front(isSame, leftOut));
        if (isUnable)
            leftOut.reason = Reason::OtherProtocol;
    }
    const auto leaveOut = [&](const Candidate &candidate) {
        if (isAble(candidate))
            return false;
        if (candidate.target)
            routing.leftOut.push_back({candidate.isFallback, candidate.targetIndex, Reason::OtherProtocol});
        return true;
    };
    std::erase_if(routing.preview->targets, [&](const auto &target) { return leaveOut(target.candidate); });
    std::erase_if(routing.preview->fallbacks, leaveOut);
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

QByteArrayView nameOf(ExplainedEndpoint endpoint)
{
    return std::ranges::find(kEndpoints, endpoint, &EndpointName::endpoint)->name;
}

std::optional<ExplainedEndpoint> explainedEndpoint(QByteArrayView nameOrAddress)
{
    const qsizetype query = nameOrAddress.indexOf('?');
    const QByteArrayView text = query < 0 ? nameOrAddress : nameOrAddress.first(query);
    if (text.endsWith("/api/embeddings")) // Ollama's, with other bodies
        return std::nullopt;
    for (const EndpointName &row : kEndpoints) {
        if (text == row.name || text.endsWith(row.path))
            return row.endpoint;
    }
    return std::nullopt;
}

Result<ExplainedRequest> readExplainedRequest(const Config &config, ExplainedEndpoint endpoint, QByteArray body,
                                              HeaderList headers, const ollama_api::ModelMeant &modelMeant)
{
    const auto made = [&](auto &&request) {
        return ExplainedRequest{
            .endpoint = endpoint, .request = std::forward<decltype(request)>(request), .headers = std::move(headers)};
    };
    if (endpoint == ExplainedEndpoint::Embeddings)
        return openai_embeddings::readRequest(std::move(body), config.server.maxJsonDepth).transform(made);
    const ollama_api::ModelMeant asSaid = [](QByteArrayView name) { return name.toByteArray(); };
    return normalised(readCall(config, endpoint, std::move(body), headers, modelMeant ? modelMeant : asSaid))
        .transform(made);
}

Explanation explainRequest(const Runtime &runtime, const ExplainedRequest &request, const IsRefused &isRefused,
                           const IsAllowed &isAllowed)
{
    const ChatRequest *const chat = request.chat();
    Explanation explanation;
    explanation.endpoint = nameOf(request.endpoint).toByteArray();
    explanation.modelAsked = chat ? chat->model : request.embeddings().model;

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
        chat ? chatRouting(request.headers, *explanation.requested, explanation.selectionHeaders, chat->protocol())
             : embeddingsRouting(request.headers, *explanation.requested);
    if (!routing) {
        explanation.error = std::move(routing.error());
        return explanation;
    }
    const IsAllowed isAble = chat ? ableCandidates(runtime, *chat) : IsAllowed();
    explanation.routing = runtime.router.explain(*routing, isRefused, both(isAble, isAllowed));
    if (!explanation.routing->preview) {
        explanation.error = explanation.routing->preview.error();
        return explanation;
    }
    if (isAble) {
        explanation.nativeOnly = chat->untranslatable->message;
        keepAble(*explanation.routing, isAble, runtime.router.explain(*routing, isRefused, isAble));
        if (!likelyPlan(explanation))
            explanation.error = chat->untranslatable;
    }
    return explanation;
}

std::optional<RoutePlan> likelyPlan(const Explanation &explanation)
{
    if (explanation.error || !explanation.routing || !explanation.routing->preview)
        return std::nullopt;
    RoutePlan plan = likelyPlan(*explanation.routing->preview);
    return plan.candidates.empty() ? std::nullopt : std::optional(std::move(plan));
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
    PreparedCall call = request.call() ? prepareCall(*provider, *request.call(), candidate.model)
                                       : provider->embeddingsCall(request.embeddings(), candidate.model);
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
    case LeftOutTarget::Reason::OtherProtocol:
        return "it does not speak the client's protocol";
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace lunargate
