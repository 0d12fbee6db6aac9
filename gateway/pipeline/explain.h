// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/routing/route_explanation.h"

#include <optional>
#include <variant>

namespace lunargate {

/// A request that is not to be answered, but to be explained.
struct ExplainedRequest
{
    std::variant<ChatRequest, EmbeddingsRequest> request;
    HeaderList headers; ///< what its client would send

    bool isChat() const { return std::holds_alternative<ChatRequest>(request); }
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
    QByteArray endpoint;   ///< our name of it: `chat_completions`, `embeddings`
    QByteArray modelAsked; ///< the body's
    std::optional<RequestedModel> requested;
    std::optional<ModelSelection> selection;
    QByteArray notSelected; ///< why there is no selection, as a sentence
    HeaderList selectionHeaders;
    std::optional<RouteExplanation> routing;
    std::optional<Error> error; ///< what the client would get before anybody is asked

    // Without a running gateway there is nothing to say.
    std::optional<ServiceOutlook> cache;
    std::optional<ServiceOutlook> limiter;
    /// For each candidate of the preview: targets, then fallbacks.
    std::vector<ServiceOutlook> circuits;
    /// To the likeliest target, or why it cannot be called; only where it is shown (Gateway::explain()).
    std::optional<Result<PlannedCall>> call;
};

/// Which endpoint the request is meant for.
enum class ExplainedEndpoint { Chat, Embeddings };

/// Reads the body as the endpoint does. Fails as the endpoint would.
Result<ExplainedRequest> readExplainedRequest(const Config &config, ExplainedEndpoint endpoint, QByteArray body,
                                              HeaderList headers);

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
