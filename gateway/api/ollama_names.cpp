// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_names.h"

#include "gateway/config/config.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/routing/configured_model.h"
#include "gateway/routing/model_id.h"

namespace lunargate::api {

namespace {

constexpr QByteArrayView kLatest = ":latest";

// With the tag instead of without it, or the other way round.
QByteArray otherName(QByteArrayView name)
{
    return name.endsWith(kLatest) ? name.chopped(kLatest.size()).toByteArray() : name.toByteArray().append(kLatest);
}

bool isNamed(const Config &config, QByteArrayView name)
{
    return config.routing.modelAliases.contains(name.toByteArray()) ||
           isConfiguredModel(config, readModelId(name, config));
}

} // namespace

QByteArray modelMeant(const Config &config, const std::function<ModelCatalogue()> &catalogue, QByteArrayView name)
{
    const QByteArray said = name.toByteArray();
    const QByteArray other = otherName(name);
    for (const QByteArray &spelling : {said, other}) {
        if (isNamed(config, spelling))
            return spelling;
    }
    const ModelCatalogue told = catalogue();
    for (const QByteArray &spelling : {said, other}) {
        if (told.find(spelling))
            return spelling;
    }
    return name.endsWith(kLatest) ? other : said;
}

QByteArray modelMeant(const Runtime &runtime, QByteArrayView name)
{
    return modelMeant(*runtime.config, [&runtime] { return runtime.catalogue(); }, name);
}

const ModelEntry *findModel(const ModelCatalogue &catalogue, QByteArrayView name)
{
    if (const ModelEntry *model = catalogue.find(name))
        return model;
    return catalogue.find(otherName(name));
}

} // namespace lunargate::api
