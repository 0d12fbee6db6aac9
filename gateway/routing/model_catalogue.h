// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/provider_model.h"

#include <QByteArray>
#include <QByteArrayView>

#include <map>
#include <optional>
#include <vector>

namespace lunargate {

struct Config;

/// A line of the model list.
struct ModelEntry
{
    QByteArray id; ///< `PROVIDER/MODEL`, an alias, or `lunargate/auto`
    QByteArray ownedBy;
    qint64 created = 0;                       ///< Unix seconds
    std::optional<qint64> contextLength = {}; ///< tokens

    bool operator==(const ModelEntry &) const = default;
};

/// The models that clients are told about, from one configuration and what providers told: those listed for
/// `models.mode: static`; else the provider's default model and the ones that routes name for it, with its own list for
/// `fetch`, if it is there, or else with the built-in ones. Immutable: any thread may use it.
class ModelCatalogue
{
public:
    /// `created` is told for every model whose provider does not say: the time the configuration was loaded, in Unix
    /// seconds. `fetched` has the lists of providers with `models.mode: fetch`.
    ModelCatalogue(const Config &config, qint64 created, const ProviderModelLists &fetched = {});

    /// The providers' models by id, then aliases by name, then `lunargate/auto`.
    const std::vector<ModelEntry> &models() const { return m_models; }

    /// The entry of that id or alias, or of the only provider that has a model of that plain name; else nullptr.
    const ModelEntry *find(QByteArrayView id) const;

private:
    void add(ModelEntry entry);

    std::vector<ModelEntry> m_models;
    std::map<QByteArray, std::size_t, std::less<>> m_byId;
    /// Index of the only entry with that model name; -1 if there are several.
    std::map<QByteArray, qsizetype, std::less<>> m_byPlainName;
};

} // namespace lunargate
