// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/reference_check.h"

#include "gateway/config/nearest_name.h"
#include "gateway/config/reserved_names.h"

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

/// What to write instead of `wanted`; `ids` are the ids or names of all `things` ("providers").
QByteArray advice(const QByteArray &wanted, const std::vector<QByteArray> &ids, const QByteArray &things)
{
    const auto differsByCase = [&](const QByteArray &id) { return id.compare(wanted, Qt::CaseInsensitive) == 0; };
    if (const auto found = std::ranges::find_if(ids, differsByCase); found != ids.end())
        return "upper and lower case count, write `" + *found + '`';
    if (const QByteArray nearest = nearestName(wanted, ids); !nearest.isEmpty())
        return "did you mean `" + nearest + "`?";
    return ids.empty() ? "there are no " + things : "the " + things + " are: " + listOfNames(ids);
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
    const QByteArray message = "there is no provider `" + reference.id + "`; " + advice(reference.id, ids, "providers");
    if (reference.isRequired)
        context.error(reference.place, message);
    else
        context.warn(reference.place, message);
}

void checkRoutes(ReadingContext &context, const Config &config, const std::vector<NameReference> &references)
{
    std::vector<QByteArray> names;
    std::ranges::transform(config.routing.routes, std::back_inserter(names), &RouteConfig::name);
    names.emplace_back("embeddings-direct"); // see docs/configuration.md
    for (const NameReference &reference : references) {
        if (std::ranges::find(names, reference.name) == names.end())
            context.warn(reference.place,
                         "there is no route `" + reference.name + "`; the routes are: " + listOfNames(names));
    }
}

/// Limits that name no key limit nobody. Tokens have names that nobody knows before they come.
void checkLimits(ReadingContext &context, const Config &config, const std::vector<NameReference> &references)
{
    const SecurityConfig &security = config.security;
    if (security.enabled && security.provider == AuthProvider::Jwt)
        return;
    std::vector<QByteArray> names;
    std::ranges::transform(security.keys, std::back_inserter(names), &SecurityConfig::Key::name);
    for (const NameReference &reference : references) {
        const bool isBuiltIn = reference.name == kRemoteControlCaller || reference.name == kDesktopCaller;
        if (isBuiltIn || std::ranges::find(names, reference.name) != names.end())
            continue;
        const QByteArray message = "there is no key `" + reference.name + "`; " + advice(reference.name, names, "keys");
        if (security.enabled && config.rateLimiting.enabled)
            context.error(reference.place, message);
        else
            context.warn(reference.place, message);
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
    checkLimits(context, config, references.limitedKeys);
    std::vector<QByteArray> ids;
    std::ranges::transform(config.providers, std::back_inserter(ids), &ProviderConfig::id);
    std::ranges::transform(references.unusable, std::back_inserter(ids), &UnusableProvider::id);
    for (const ProviderReference &reference : references.used) {
        if (std::ranges::find(references.unusable, reference.id, &UnusableProvider::id) == references.unusable.end())
            checkReference(context, config, reference, ids);
    }
}

} // namespace lunargate
