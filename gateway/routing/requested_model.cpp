// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/requested_model.h"

#include "gateway/config/config.h"
#include "gateway/http/header_list.h"
#include "gateway/routing/configured_model.h"
#include "gateway/routing/model_id.h"
#include "gateway/routing/routing_error.h"

#include <optional>

namespace lunargate {

namespace {

const QByteArray kModelHeader = QByteArrayLiteral("X-LunarGate-Model");
const QByteArray kProviderHeader = QByteArrayLiteral("X-LunarGate-Provider");

QByteArray trimmedValue(const HeaderList &headers, QByteArrayView name)
{
    return headers.value(name).value_or(QByteArray()).trimmed();
}

bool sameName(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

std::optional<QByteArray> aliasOf(const Config &config, const QByteArray &name)
{
    const auto alias = config.routing.modelAliases.find(name);
    return alias == config.routing.modelAliases.end() ? std::nullopt : std::optional(alias->second.trimmed());
}

// `claude-sonnet-4-5[1m]` -> `claude-sonnet-4-5`: a wish of the client's program, which it tells Anthropic by a header.
QByteArray withoutSuffix(const QByteArray &name)
{
    const qsizetype bracket = name.endsWith(']') ? name.lastIndexOf('[') : -1;
    return bracket > 0 ? name.first(bracket).trimmed() : name;
}

QByteArray withoutAlias(const Config &config, const QByteArray &name)
{
    if (const std::optional<QByteArray> alias = aliasOf(config, name))
        return *alias;
    const QByteArray plain = withoutSuffix(name);
    if (plain == name || isConfiguredModel(config, readModelId(name, config)))
        return name;
    return aliasOf(config, plain).value_or(plain);
}

Error unknownProvider(const Config &config, const QByteArray &provider)
{
    std::vector<QByteArray> known;
    for (const ProviderConfig &candidate : config.providers)
        known.push_back(candidate.id);
    return invalidRequest("unknown_provider",
                          "there is no provider " + quoted(provider) + "; configured are: " + listed(known),
                          kProviderHeader);
}

Error contradiction(const QByteArray &provider, const ModelId &id)
{
    return invalidRequest("provider_not_in_route",
                          "requested provider is not available for this route: the header " + kProviderHeader +
                              " asks for " + quoted(provider) + ", the model " + quoted(id.toBytes()) +
                              " for another provider; send one of them, or name the model " +
                              quoted(provider + '/' + id.toBytes()) + " if " + quoted(provider) + " has it",
                          kProviderHeader);
}

} // namespace

Result<RequestedModel> resolveRequestedModel(const Config &config, const HeaderList &headers, QByteArrayView bodyModel)
{
    const QByteArray headerModel = trimmedValue(headers, kModelHeader);
    const bool hasHeaderModel = !headerModel.isEmpty();
    QByteArray name = withoutAlias(config, hasHeaderModel ? headerModel : bodyModel.trimmed().toByteArray());

    QByteArray provider = trimmedValue(headers, kProviderHeader);
    const bool asksGateway = sameName(provider, "lunargate");
    if (asksGateway)
        provider.clear();
    if (isAutoModel(name) || (asksGateway && sameName(name, "auto")))
        name.clear();

    const ModelId id = readModelId(name, config);
    const bool isOverridden = config.modelSelection.enabled && config.modelSelection.overrideUserModel;
    // A header that names the provider within the model is as explicit as the provider header, and more precise.
    if (hasHeaderModel && !id.isPlain() && !isOverridden)
        provider.clear();
    if (!provider.isEmpty() && !config.provider(provider))
        return std::unexpected(unknownProvider(config, provider));
    if (!provider.isEmpty() && !id.isPlain() && id.provider != provider && !isOverridden)
        return std::unexpected(contradiction(provider, id));

    RequestedModel requested;
    requested.modelParam = hasHeaderModel ? kModelHeader : QByteArrayLiteral("model");
    requested.providerParam = provider.isEmpty() ? requested.modelParam : kProviderHeader;
    requested.name = id.isPlain() && !id.model.isEmpty() ? ModelId{provider, id.model}.toBytes() : id.toBytes();
    requested.provider = provider;
    if (!isOverridden) {
        requested.model = id.model;
        if (!id.isPlain())
            requested.provider = id.provider;
    }
    return requested;
}

} // namespace lunargate
