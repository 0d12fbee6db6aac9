// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_catalogue.h"

#include "gateway/config/config.h"
#include "gateway/routing/model_id.h"

#include <set>

namespace lunargate {

namespace {

const QByteArray kGatewayOwner = QByteArrayLiteral("lunargate");

void addRoutedModels(const Config &config, const ProviderConfig &provider, std::set<QByteArray> &models)
{
    for (const RouteConfig &route : config.routing.routes) {
        for (const std::vector<TargetConfig> *targets : {&route.targets, &route.fallback}) {
            for (const TargetConfig &target : *targets) {
                if (target.provider == provider.id && !target.model.isEmpty())
                    models.insert(target.model);
            }
        }
    }
}

std::set<QByteArray> modelsOf(const Config &config, const ProviderConfig &provider)
{
    std::set<QByteArray> models;
    if (!provider.defaultModel.isEmpty())
        models.insert(provider.defaultModel);
    if (provider.models.mode == ModelsMode::Static) {
        models.insert(provider.models.staticModels.begin(), provider.models.staticModels.end());
        return models;
    }
    addRoutedModels(config, provider, models);
    for (const KnownModel &model : provider.knownModels)
        models.insert(model.id);
    return models;
}

} // namespace

ModelCatalogue::ModelCatalogue(const Config &config, qint64 created)
{
    std::map<QByteArray, ModelId> sorted;
    for (const ProviderConfig &provider : config.providers) {
        for (const QByteArray &model : modelsOf(config, provider)) {
            ModelId id{.provider = provider.id, .model = model};
            sorted.emplace(id.toBytes(), std::move(id));
        }
    }
    for (const auto &[text, id] : sorted) {
        const auto [plain, isNew] = m_byPlainName.try_emplace(id.model, static_cast<qsizetype>(m_models.size()));
        if (!isNew)
            plain->second = -1;
        add(text, id.provider, created);
    }
    for (const auto &[alias, target] : config.routing.modelAliases)
        add(alias, kGatewayOwner, created);
    add(kAutoModel.toByteArray(), kGatewayOwner, created);
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

void ModelCatalogue::add(const QByteArray &id, const QByteArray &ownedBy, qint64 created)
{
    m_byId.try_emplace(id, m_models.size());
    m_models.push_back({.id = id, .ownedBy = ownedBy, .created = created});
}

} // namespace lunargate
