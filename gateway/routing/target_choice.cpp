// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_choice.h"

#include "gateway/config/config.h"
#include "gateway/routing/routing_error.h"

#include <algorithm>
#include <expected>
#include <optional>

namespace lunargate {

namespace {

bool servesProvider(const TargetConfig &target, const RequestedModel &requested)
{
    return requested.provider.isEmpty() || target.provider == requested.provider;
}

bool servesModel(const TargetConfig &target, const RequestedModel &requested)
{
    return requested.model.isEmpty() || target.model.isEmpty() || target.model == requested.model;
}

using LeftOut = LeftOutTarget::Reason;

/// The candidate that `target` makes, or why it makes none.
std::expected<Candidate, LeftOut> candidateFor(const Config &config, const TargetConfig &target, std::size_t index,
                                               const RequestedModel &requested)
{
    // Last: a drained target still says which models are its own, so that nobody else gets requests for them.
    if (target.weight <= 0)
        return std::unexpected(LeftOut::Drained);
    const ProviderConfig *provider = config.provider(target.provider);
    if (!provider) // as the configuration's reader does not let it be
        return std::unexpected(LeftOut::NoModel);
    QByteArray model = target.model;
    if (model.isEmpty() && (!requested.isPinned() || requested.provider == target.provider))
        model = requested.model;
    if (model.isEmpty())
        model = provider->defaultModel;
    if (model.isEmpty())
        return std::unexpected(LeftOut::NoModel);
    return Candidate{.providerId = provider->id,
                     .model = std::move(model),
                     .provider = provider,
                     .targetIndex = index,
                     .responsesUpstream = target.responsesUpstream,
                     .target = &target};
}

/// The same among the targets; with `needsExactModel` only those that name the model.
std::expected<Candidate, LeftOut> chosenFor(const Config &config, const TargetConfig &target, std::size_t index,
                                            const RequestedModel &requested, bool needsExactModel)
{
    if (!servesProvider(target, requested))
        return std::unexpected(LeftOut::OtherProvider);
    if (!servesModel(target, requested))
        return std::unexpected(LeftOut::OtherModel);
    if (needsExactModel && target.model.isEmpty())
        return std::unexpected(LeftOut::NamedElsewhere);
    return candidateFor(config, target, index, requested);
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
                                              const RequestedModel &requested, std::vector<LeftOutTarget> *leftOut)
{
    const bool isPlainName = !requested.isPinned() && !requested.model.isEmpty();
    const bool needsExactModel =
        isPlainName && std::ranges::contains(route.targets, requested.model, &TargetConfig::model);
    bool hasProvider = false;
    bool isOffered = false;
    bool isDrained = false;
    std::vector<Candidate> candidates;
    for (std::size_t index = 0; index < route.targets.size(); ++index) {
        std::expected<Candidate, LeftOut> candidate =
            chosenFor(config, route.targets[index], index, requested, needsExactModel);
        const std::optional<LeftOut> reason = candidate ? std::nullopt : std::optional(candidate.error());
        hasProvider = hasProvider || reason != LeftOut::OtherProvider;
        isOffered = isOffered || !reason || reason == LeftOut::Drained || reason == LeftOut::NoModel;
        isDrained = isDrained || reason == LeftOut::Drained;
        if (candidate)
            candidates.push_back(*std::move(candidate));
        else if (leftOut)
            leftOut->push_back({.index = index, .reason = *reason});
    }
    if (!hasProvider)
        return std::unexpected(providerNotInRoute(route, requested));
    if (!isOffered)
        return std::unexpected(modelNotInRoute(route, requested));
    if (candidates.empty() && !isDrained)
        return std::unexpected(modelRequired(route));
    return candidates;
}

std::vector<Candidate> servingFallbacks(const Config &config, const RouteConfig &route, const RequestedModel &requested,
                                        std::vector<LeftOutTarget> *leftOut)
{
    std::vector<Candidate> candidates;
    for (std::size_t index = 0; index < route.fallback.size(); ++index) {
        const TargetConfig &fallback = route.fallback[index];
        std::expected<Candidate, LeftOut> candidate =
            requested.isPinned() ? chosenFor(config, fallback, index, requested, false)
                                 : candidateFor(config, fallback, index, requested); // a plain name does not bind them
        if (candidate) {
            candidate->isFallback = true;
            candidates.push_back(*std::move(candidate));
        } else if (leftOut) {
            leftOut->push_back({.isFallback = true, .index = index, .reason = candidate.error()});
        }
    }
    return candidates;
}

} // namespace lunargate
