// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "gateway/routing/requested_model.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <vector>

namespace lunargate {

class TargetLoad;
enum class Strategy;
struct ProviderConfig;
struct RouteConfig;
struct TargetConfig;

/// What routing looks at. It lives for one call of Router::plan() and refers to the request's own headers.
struct RoutingRequest
{
    QByteArray path;
    /// Tried when no route matches `path`; empty: nothing is. For `/v1/responses` it is `/v1/chat/completions`.
    QByteArray alternativePath = {};
    /// `chat_completions`, `responses` …: routes match it as `x-lunargate-request-type`. Empty, as for embeddings: they
    /// see none, and `upstream_request_type` of a target means nothing.
    QByteArray requestType = {};
    /// As the client sent them.
    const HeaderList &headers;
    RequestedModel requested = {};
    /// What the gateway found out itself (model selection). These win over headers of the same name from the client.
    HeaderList computedHeaders = {};
    /// When no route matches and the client named a provider, that provider answers without fallbacks under this route
    /// name; empty: it does not. For `/v1/embeddings` it is `embeddings-direct`.
    QByteArray directRoute = {};
};

/// One provider and model to try.
struct Candidate
{
    QByteArray providerId;
    QByteArray model; ///< what is sent upstream; never empty
    /// Lives as long as the configuration that the Router was made of, as `target` does. The target's overrides are not
    /// in it; ProviderRegistry::find() gives the provider that has them.
    const ProviderConfig *provider = nullptr;
    bool isFallback = false;
    std::size_t targetIndex = 0; ///< in the route's `targets`, or in its `fallback` if isFallback
    bool responsesUpstream = false;
    const TargetConfig *target = nullptr; ///< null: the provider answers without a route
    /// To be told of its calls; null: no strategy wants to know.
    std::shared_ptr<TargetLoad> load = nullptr;

    /// `PROVIDER/MODEL` as told to clients, metrics and logs.
    QByteArray reportedModel() const { return providerId + '/' + model; }
};

/// Whether a call to that candidate would be refused now, for example by an open circuit or a full queue. Empty: none
/// would.
using IsRefused = std::function<bool(const Candidate &)>;

/// Whether the client may use that candidate. Empty: it may use all.
using IsAllowed = std::function<bool(const Candidate &)>;

/// Whom to ask, in order: the chosen target, then the fallbacks. Never without a candidate.
struct RoutePlan
{
    QByteArray routeName;
    std::vector<Candidate> candidates;
    const RouteConfig *route = nullptr; ///< of the same configuration; null: a provider answers without a route
    bool mayHedge = true;               ///< a second target may be asked while the first one is silent
    bool mayRepeat = true;              ///< a target may be asked twice
    bool mayRepeatDone = true;          ///< also when it may have done what it was asked for
};

/// How a plan would come about now.
struct RoutePreview
{
    struct Target
    {
        Candidate candidate;
        /// 0 to 1. For round-robin in the long run, for the other strategies at this moment.
        double chance = 0;
        bool isNext = false;    ///< it would be chosen now, for certain
        bool isRefused = false; ///< others are preferred to it as long as there are any
    };

    QByteArray routeName;
    Strategy strategy{};         ///< meaningless where a provider answers without a route
    std::vector<Target> targets; ///< those that can serve the request, without drained ones
    std::vector<Candidate> fallbacks;
};

} // namespace lunargate
