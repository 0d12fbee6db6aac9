// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/dialects/dialect.h"
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/routing/route_explanation.h"

#include <memory>
#include <optional>
#include <variant>

namespace lunargate {

/// Which endpoint the request is meant for.
enum class ExplainedEndpoint { Chat, Embeddings, Responses, Messages, OllamaChat, OllamaGenerate };

/// Our name of it: `chat_completions`, `messages` …
QByteArrayView nameOf(ExplainedEndpoint endpoint);

/// The one of this name, or that such an address ends with: `/v1/messages?beta=true`. Nothing: there is none, or its
/// requests cannot be explained.
std::optional<ExplainedEndpoint> explainedEndpoint(QByteArrayView nameOrAddress);

/// A request that is not to be answered, but to be explained.
struct ExplainedRequest
{
    ExplainedEndpoint endpoint = ExplainedEndpoint::Chat;
    std::variant<std::unique_ptr<ClientCall>, EmbeddingsRequest> request; ///< a call is not null
    HeaderList headers;                                                   ///< what its client would send

    const ClientCall *call() const
    {
        const auto *call = std::get_if<std::unique_ptr<ClientCall>>(&request);
        return call ? call->get() : nullptr;
    }
    /// Null: it is one for embeddings.
    const ChatRequest *chat() const { return call() ? &call()->request : nullptr; }
    const EmbeddingsRequest &embeddings() const { return std::get<EmbeddingsRequest>(request); }
};

/// What a service of the running gateway would say to the request.
struct ServiceOutlook
{
    QByteArray outcome; ///< a token: `hit`, `allowed` …
    QByteArray detail;  ///< a sentence for people; may be empty
};

/// What a provider would be sent.
struct PlannedCall
{
    QByteArray method;
    QByteArray url;                        ///< without passwords and the values of its query
    QByteArray body;                       ///< the client's words in the provider's protocol
    std::vector<QByteArray> droppedParams; ///< what the client asked for and the provider cannot be told
};

/// What would become of a request, and why. Refers to the Runtime that it was made with.
struct Explanation
{
    QByteArray endpoint;   ///< our name of it, see nameOf()
    QByteArray modelAsked; ///< the body's
    std::optional<RequestedModel> requested;
    std::optional<ModelSelection> selection;
    QByteArray notSelected; ///< why there is no selection, as a sentence
    HeaderList selectionHeaders;
    std::optional<RouteExplanation> routing;
    QByteArray nativeOnly; ///< why only targets that speak the client's protocol can serve it, as a sentence; or empty
    std::optional<Error> error; ///< what the client would get before anybody is asked

    // Without a running gateway there is nothing to say.
    std::optional<ServiceOutlook> cache;
    std::optional<ServiceOutlook> limiter;
    /// For each candidate of the preview: targets, then fallbacks.
    std::vector<ServiceOutlook> circuits;
    /// To the likeliest target, or why it cannot be called; only where it is shown (Gateway::explain()).
    std::optional<Result<PlannedCall>> call;
};

/// Reads the body as the endpoint does. Fails as the endpoint would. What earlier responses were is not looked up:
/// `previous_response_id` is one that nobody knows here. `modelMeant`: for bodies of Ollama's; empty: names are as
/// said.
Result<ExplainedRequest> readExplainedRequest(const Config &config, ExplainedEndpoint endpoint, QByteArray body,
                                              HeaderList headers, const ollama_api::ModelMeant &modelMeant = {});

/// Goes the request's way up to the first call, by the code that does it, but takes no turn and no token, and calls
/// nobody. `isRefused`, `isAllowed`: see Router::plan().
Explanation explainRequest(const Runtime &runtime, const ExplainedRequest &request, const IsRefused &isRefused = {},
                           const IsAllowed &isAllowed = {});

/// The plan that the explanation comes to: the target that is next or most likely, then the fallbacks. Nothing if the
/// request would be refused.
std::optional<RoutePlan> likelyPlan(const Explanation &explanation);

/// The call to that candidate. Fails with InvalidRequest if its protocol cannot say what the client wants.
Result<PlannedCall> plannedCall(const Runtime &runtime, const ExplainedRequest &request, const Candidate &candidate);

// Sentences for people, without a full stop.
QByteArray whyPassedOver(const PassedOverRoute &route);
QByteArray whyLeftOut(LeftOutTarget::Reason reason);

} // namespace lunargate
