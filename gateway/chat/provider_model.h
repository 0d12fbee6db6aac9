// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace lunargate {

/// A model of a provider's list.
struct ProviderModel
{
    QByteArray id;
    std::optional<qint64> created = {};       ///< Unix seconds
    std::optional<qint64> contextLength = {}; ///< tokens

    bool operator==(const ProviderModel &) const = default;
};

/// The model lists of providers, by their ids. The lists never change; a newer one takes the place of an older one.
using ProviderModelLists = std::map<QByteArray, std::shared_ptr<const std::vector<ProviderModel>>>;

/// A part of a provider's model list.
struct ModelPage
{
    std::vector<ProviderModel> models;
    QByteArray nextPage; ///< to be given to Provider::modelsRequest(); empty: this was the last
};

} // namespace lunargate
