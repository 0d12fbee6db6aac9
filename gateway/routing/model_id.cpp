// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_id.h"

#include "gateway/config/config.h"

namespace lunargate {

QByteArray ModelId::toBytes() const
{
    return isPlain() ? model : provider + '/' + model;
}

std::optional<ModelId> splitModelId(QByteArrayView text)
{
    const QByteArrayView trimmed = text.trimmed();
    const qsizetype slash = trimmed.indexOf('/');
    if (slash < 0)
        return std::nullopt;
    const QByteArrayView provider = trimmed.first(slash).trimmed();
    const QByteArrayView model = trimmed.sliced(slash + 1).trimmed();
    if (provider.isEmpty() || model.isEmpty())
        return std::nullopt;
    return ModelId{.provider = provider.toByteArray(), .model = model.toByteArray()};
}

ModelId readModelId(QByteArrayView text, const Config &config)
{
    if (std::optional<ModelId> id = splitModelId(text); id && config.provider(id->provider))
        return *std::move(id);
    return {.provider = {}, .model = text.trimmed().toByteArray()};
}

bool isAutoModel(QByteArrayView text)
{
    return text.compare(kAutoModel, Qt::CaseInsensitive) == 0;
}

} // namespace lunargate
