// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_choice.h"

#include "gateway/config/config.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>

namespace lunargate {

namespace {

// What `target` would be sent. Targets of providers that do not exist have no candidate.
std::optional<Candidate> candidateFor(const Config &config, const TargetConfig &target, std::size_t index,
                                      const RequestedModel &requested)
{
    const ProviderConfig *provider = config.provider(target.provider);
    if (!provider)
        return std::nullopt;
    QByteArray model = target.model;
    if (model.isEmpty() && (!requested.isPinned() || requested.provider == target.provider))
        model = requested.model;
    if (model.isEmpty())
        model = provider->defaultModel;
    return Candidate{.providerId = provider->id,
                     .model = std::move(model),
                     .provider = provider,
                     .targetIndex = index,
                     .responsesUpstream = target.responsesUpstream,
                     .target = &target};
}

bool servesProvider(const TargetConfig &target, const RequestedModel &requested)
{
    return requested.provider.isEmpty() || target.provider == requested.provider;
}

bool servesModel(const TargetConfig &target, const RequestedModel &requested)
{
    return requested.model.isEmpty() || target.model.isEmpty() || target.model == requested.model;
}

std::vector<QByteArray> offeredBy(const RouteConfig &route, bool withModels)
{
    std::vector<QByteArray> names;
    for (const TargetConfig &target : route.targets) {
        QByteArray name = target.provider;
        if (withModels)
            name += '/' + (target.model.isEmpty() ? QByteArrayLiteral("*") : target.model);
        if (!std::ranges::contains(names, name))
            names.push_back(std::move(name));
    }
    return names;
}

Error providerNotInRoute(const RouteConfig &route, const RequestedModel &requested)
{
    return invalidRequest("provider_not_in_route",
                          "requested provider is not available for this route: " + quoted(route.name) +
                              " has no target of " + quoted(requested.provider) +
                              "; available are: " + listed(offeredBy(route, false)),
                          requested.providerParam);
}

Error modelNotInRoute(const RouteConfig &route, const RequestedModel &requested)
{
    return invalidRequest("model_not_in_route",
                          "requested model is not available for this route: " + quoted(route.name) +
                              " has no target for " + quoted(requested.name) +
                              "; available are: " + listed(offeredBy(route, true)),
                          requested.modelParam);
}

Error modelRequired(const RouteConfig &route)
{
    return invalidRequest("model_required",
                          "neither the request nor a target of route " + quoted(route.name) +
                              " names a model; send \"model\", or give the target a model or the provider a "
                              "default_model",
                          "model");
}

} // namespace

Result<std::vector<Candidate>> servingTargets(const Config &config, const RouteConfig &route,
                                              const RequestedModel &requested)
{
    if (!std::ranges::any_of(route.targets, [&](const auto &target) { return servesProvider(target, requested); }))
        return std::unexpected(providerNotInRoute(route, requested));

    const bool isPlainName = !requested.isPinned() && !requested.model.isEmpty();
    const bool needsExactModel =
        isPlainName && std::ranges::contains(route.targets, requested.model, &TargetConfig::model);
    bool isOffered = false;
    bool isDrained = false;
    std::vector<Candidate> candidates;
    for (std::size_t index = 0; index < route.targets.size(); ++index) {
        const TargetConfig &target = route.targets[index];
        if (!servesProvider(target, requested) || !servesModel(target, requested))
            continue;
        if (needsExactModel && target.model.isEmpty())
            continue;
        isOffered = true;
        // Only now: a drained target still says which models are its own, so that nobody else gets requests for them.
        if (target.weight <= 0) {
            isDrained = true;
            continue;
        }
        std::optional<Candidate> candidate = candidateFor(config, target, index, requested);
        if (candidate && !candidate->model.isEmpty())
            candidates.push_back(*std::move(candidate));
    }
    if (!isOffered)
        return std::unexpected(modelNotInRoute(route, requested));
    if (candidates.empty() && !isDrained)
        return std::unexpected(modelRequired(route));
    return candidates;
}

std::vector<Candidate> servingFallbacks(const Config &config, const RouteConfig &route, const RequestedModel &requested)
{
    std::vector<Candidate> candidates;
    for (std::size_t index = 0; index < route.fallback.size(); ++index) {
        const TargetConfig &fallback = route.fallback[index];
        if (fallback.weight <= 0)
            continue;
        if (requested.isPinned() && !(servesProvider(fallback, requested) && servesModel(fallback, requested)))
            continue;
        std::optional<Candidate> candidate = candidateFor(config, fallback, index, requested);
        if (!candidate || candidate->model.isEmpty())
            continue;
        candidate->isFallback = true;
        candidates.push_back(*std::move(candidate));
    }
    return candidates;
}

} // namespace lunargate
