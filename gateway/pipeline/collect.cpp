// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/collect.h"

#include "gateway/collector/collector.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/routing/match_headers.h"

#include <array>

namespace lunargate {

namespace {

// What routes can match of what clients send (the gateway's own are added below).
constexpr std::array kClientHeaders = {
    "x-environment",
    "x-team",
    "x-app",
    "x-lunargate-route",
    "x-lunargate-user",
    "x-lunargate-sessionid",
    "x-lunargate-client-lat",
    "x-lunargate-client-lon",
};

HeaderList routingHeaders(const RoutingRequest &request, const DataSharingConfig &sharing)
{
    HeaderList found;
    const auto add = [&found](const char *name, const QByteArray &value) {
        if (!value.isEmpty())
            found.set(name, value);
    };
    for (const char *name : kClientHeaders)
        add(name, request.headers.value(name).value_or(QByteArray()));
    add("x-lunargate-request-type", request.requestType);
    add("x-lunargate-model", request.requested.name);
    add("x-lunargate-provider", request.requested.provider);
    add("x-lunargate-gateway-lat", sharing.gatewayLat);
    add("x-lunargate-gateway-lon", sharing.gatewayLon);
    for (const auto &[name, value] : request.computedHeaders)
        found.set(name.toLower(), value);
    return found;
}

// Of the protocols that the reference gateway knows, only Ollama's is given a default of `top_k`.
InferenceParameters defaultsOf(const ProviderConfig &provider)
{
    InferenceParameters defaults{.temperature = provider.temperature, .topP = provider.topP};
    if (provider.protocol == Protocol::Ollama && provider.topK)
        defaults.topK = *provider.topK;
    return defaults;
}

CollectedTarget targetOf(const RequestContext &context, const Candidate &candidate, bool isEmbedding)
{
    // With the target's own wishes, where the provider can be called.
    const std::shared_ptr<const Provider> provider =
        context.runtime->providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
    const ProviderConfig &config = provider ? provider->config() : *candidate.provider;
    return {.provider = candidate.providerId,
            .model = candidate.model,
            .baseUrl = config.baseUrl,
            .defaults = isEmbedding ? InferenceParameters() : defaultsOf(config)};
}

} // namespace

void collectRequest(RequestContext &context, const ChatRequest &request)
{
    if (!context.collected)
        return;
    context.collected->setRequest(request.body);
    const json::Value root = request.document.root();
    context.collected->asked = {
        .temperature = root["temperature"].number(), .topP = root["top_p"].number(), .topK = root["top_k"].number()};
}

void collectRequest(RequestContext &context, const EmbeddingsRequest &request)
{
    if (context.collected)
        context.collected->setRequest(request.body);
}

void collectPlan(RequestContext &context, const RoutingRequest &request, const RoutePlan &plan)
{
    if (!context.collected)
        return;
    CollectedRequest &collected = *context.collected;
    collected.routing = routingHeaders(request, context.runtime->config->dataSharing);
    collected.targetIndex = static_cast<qint64>(plan.candidates.front().targetIndex);
    const bool isEmbedding = context.record.endpoint.endsWith("embeddings");
    for (const Candidate &candidate : plan.candidates)
        collected.targets.push_back(targetOf(context, candidate, isEmbedding));
}

void collectStart(RequestContext &context)
{
    if (!context.collected)
        return;
    const CollectedRequest &collected = *context.collected;
    CollectedRequest start{.phase = CollectedRequest::Phase::Started,
                           .sharing = collected.sharing,
                           .routing = collected.routing,
                           .targets = {collected.targets.front()},
                           .asked = collected.asked};
    start.record.requestId = context.record.requestId;
    start.record.time = context.record.time;
    start.record.stream = context.record.stream;
    start.record.route = context.record.route;
    context.services.collector->add(std::move(start));
}

void collectFrames(RequestContext &context, const QByteArray &frames, bool hasContent)
{
    if (!context.collected)
        return;
    context.collected->addFrames(frames);
    if (hasContent)
        context.collected->lastContentAt = Clock::now();
}

void collectEnd(RequestContext &context)
{
    const std::unique_ptr<CollectedRequest> collected = std::move(context.collected);
    if (!collected)
        return;
    const RequestRecord &record = context.record;
    collected->record = record;
    collected->circuitState =
        circuitStateName(context.services.breakers->state(record.provider, record.model, Clock::now()));
    context.services.collector->add(std::move(*collected));
}

} // namespace lunargate
