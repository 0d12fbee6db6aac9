// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/reference_check.h"

#include "gateway/config/nearest_name.h"

#include <algorithm>

namespace lunargate {

namespace {

/// What to write instead of `wanted`.
QByteArray advice(const QByteArray &wanted, const std::vector<QByteArray> &ids)
{
    const auto differsByCase = [&](const QByteArray &id) { return id.compare(wanted, Qt::CaseInsensitive) == 0; };
    if (const auto found = std::ranges::find_if(ids, differsByCase); found != ids.end())
        return "upper and lower case count, write `" + *found + '`';
    if (const QByteArray nearest = nearestName(wanted, ids); !nearest.isEmpty())
        return "did you mean `" + nearest + "`?";
    return "the providers are: " + listOfNames(ids);
}

/// Reports the providers that cannot work; a reference to one is not reported on its own.
void checkUnusable(ReadingContext &context, const Config &config, const References &references)
{
    for (const UnusableProvider &provider : references.unusable) {
        const auto isThis = [&](const ProviderReference &reference) {
            return reference.isUse && reference.id == provider.id;
        };
        if (config.providers.empty() || std::ranges::any_of(references.used, isThis))
            context.error(provider.place, provider.reason);
        else
            context.warn(provider.place, provider.reason + "; the provider is left out");
    }
}

void checkReference(ReadingContext &context, const Config &config, const ProviderReference &reference,
                    const std::vector<QByteArray> &ids)
{
    if (const ProviderConfig *provider = config.provider(reference.id)) {
        if (reference.wantsResponses && (provider->protocol != Protocol::OpenAi || !provider->capabilities.responses))
            context.warn(reference.place,
                         "providers of type " + provider->type +
                             " have no Responses protocol, so upstream_request_type does nothing here");
        return;
    }
    const QByteArray message = "there is no provider `" + reference.id + "`; " + advice(reference.id, ids);
    if (reference.isRequired)
        context.error(reference.place, message);
    else
        context.warn(reference.place, message);
}

void checkRoutes(ReadingContext &context, const Config &config, const std::vector<RouteReference> &references)
{
    std::vector<QByteArray> names;
    std::ranges::transform(config.routing.routes, std::back_inserter(names), &RouteConfig::name);
    names.emplace_back("embeddings-direct"); // see docs/configuration.md
    for (const RouteReference &reference : references) {
        if (std::ranges::find(names, reference.name) == names.end())
            context.warn(reference.place,
                         "there is no route `" + reference.name + "`; the routes are: " + listOfNames(names));
    }
}

} // namespace

void checkReferences(SectionReader &root, const Config &config, const References &references)
{
    ReadingContext &context = root.context();
    checkUnusable(context, config, references);
    if (config.providers.empty() && references.unusable.empty()) {
        context.error(root.placeOf("providers"), "there is no provider; add one, for example `ollama: {type: ollama}`");
        return;
    }
    checkRoutes(context, config, references.routes);
    std::vector<QByteArray> ids;
    std::ranges::transform(config.providers, std::back_inserter(ids), &ProviderConfig::id);
    std::ranges::transform(references.unusable, std::back_inserter(ids), &UnusableProvider::id);
    for (const ProviderReference &reference : references.used) {
        if (std::ranges::find(references.unusable, reference.id, &UnusableProvider::id) == references.unusable.end())
            checkReference(context, config, reference, ids);
    }
}

} // namespace lunargate
