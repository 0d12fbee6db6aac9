// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_catalogue.h"

#include "gateway/config/config.h"
#include "gateway/routing/model_id.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace lunargate {

namespace {

const QByteArray kGatewayOwner = QByteArrayLiteral("lunargate");

// Some lists have 0 for what they do not know.
qint64 createdOr(const ProviderModel &model, qint64 otherwise)
{
    return model.created.value_or(0) > 0 ? *model.created : otherwise;
}

/// A provider's models by name, with what is known of them.
using Models = std::map<QByteArray, ProviderModel>;

void addNames(const std::vector<QByteArray> &names, Models &models)
{
    for (const QByteArray &name : names)
        models.try_emplace(name, ProviderModel{.id = name});
}

void addKnownModels(const ProviderConfig &provider, Models &models)
{
    for (const KnownModel &model : provider.knownModels)
        models.try_emplace(model.id, ProviderModel{.id = model.id});
}

const KnownModel *knownModel(const ProviderConfig &provider, const QByteArray &name)
{
    const auto found = std::ranges::find(provider.knownModels, name, &KnownModel::id);
    return found == provider.knownModels.end() ? nullptr : std::to_address(found);
}

void addRoutedModels(const Config &config, const ProviderConfig &provider, Models &models)
{
    for (const RouteConfig &route : config.routing.routes) {
        for (const std::vector<TargetConfig> *targets : {&route.targets, &route.fallback}) {
            for (const TargetConfig &target : *targets) {
                if (target.provider == provider.id && !target.model.isEmpty())
                    addNames({target.model}, models);
            }
        }
    }
}

Models modelsOf(const Config &config, const ProviderConfig &provider, const ProviderModelLists &fetched)
{
    Models models;
    const auto list = fetched.find(provider.id);
    const bool isFetched = provider.models.mode == ModelsMode::Fetch && list != fetched.end();
    if (isFetched) {
        for (const ProviderModel &model : *list->second)
            models.try_emplace(model.id, model);
    }
    if (!provider.defaultModel.isEmpty())
        addNames({provider.defaultModel}, models);
    if (provider.models.mode == ModelsMode::Static) {
        addNames(provider.models.staticModels, models);
        return models;
    }
    addRoutedModels(config, provider, models);
    if (!isFetched)
        addKnownModels(provider, models);
    return models;
}

} // namespace

ModelCatalogue::ModelCatalogue(const Config &config, qint64 created, const ProviderModelLists &fetched)
{
    struct Named
    {
        ModelId id;
        ProviderModel model;
        const KnownModel *known;
    };
    std::map<QByteArray, Named> sorted;
    for (const ProviderConfig &provider : config.providers) {
        for (const auto &[name, model] : modelsOf(config, provider, fetched)) {
            const ModelId id{.provider = provider.id, .model = name};
            sorted.emplace(id.toBytes(), Named{id, model, knownModel(provider, name)});
        }
    }
    for (const auto &[text, named] : sorted) {
        const auto [plain, isNew] = m_byPlainName.try_emplace(named.id.model, static_cast<qsizetype>(m_models.size()));
        if (!isNew)
            plain->second = -1;
        ModelEntry entry{.id = text,
                         .ownedBy = named.id.provider,
                         .created = createdOr(named.model, created),
                         .contextLength = named.model.contextLength};
        if (named.known && !entry.contextLength)
            entry.contextLength = named.known->contextLength;
        add(std::move(entry));
    }
    for (const auto &[alias, target] : config.routing.modelAliases) {
        const ModelEntry *model = find(target);
        add({.id = alias,
             .ownedBy = kGatewayOwner,
             .created = created,
             .contextLength = model ? model->contextLength : std::nullopt});
    }
    add({.id = kAutoModel.toByteArray(), .ownedBy = kGatewayOwner, .created = created});
}

const ModelEntry *ModelCatalogue::find(QByteArrayView id) const
{
    const QByteArray name = isAutoModel(id) ? kAutoModel.toByteArray() : id.toByteArray();
    if (const auto exact = m_byId.find(name); exact != m_byId.end())
        return &m_models[exact->second];
    const auto plain = m_byPlainName.find(name);
    if (plain == m_byPlainName.end() || plain->second < 0)
        return nullptr;
    return &m_models[static_cast<std::size_t>(plain->second)];
}

void ModelCatalogue::add(ModelEntry entry)
{
    m_byId.try_emplace(entry.id, m_models.size());
    m_models.push_back(std::move(entry));
}

} // namespace lunargate
