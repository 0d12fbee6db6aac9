// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "gateway/routing/requested_model.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

struct ProviderConfig;
struct RouteConfig;

/// What routing looks at. It lives for one call of Router::plan() and refers to the request's own headers.
struct RoutingRequest
{
    QByteArray path;
    /// Tried when no route matches `path`; empty: nothing is. For `/v1/responses` it is `/v1/chat/completions`.
    QByteArray alternativePath = {};
    /// `chat_completions`, `responses` …: routes match it as `x-lunargate-request-type`; empty: they see none.
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
    /// Lives as long as the configuration that the Router was made of.
    const ProviderConfig *provider = nullptr;
    bool isFallback = false;
    std::size_t targetIndex = 0; ///< in the route's `targets`, or in its `fallback` if isFallback
    bool responsesUpstream = false;

    /// `PROVIDER/MODEL` as told to clients, metrics and logs.
    QByteArray reportedModel() const { return providerId + '/' + model; }
};

/// Whom to ask, in order: the chosen target, then the fallbacks. Never without a candidate.
struct RoutePlan
{
    QByteArray routeName;
    std::vector<Candidate> candidates;
    const RouteConfig *route = nullptr; ///< of the same configuration; null: a provider answers without a route
};

} // namespace lunargate
