// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <map>
#include <vector>

namespace lunargate {

struct Config;

/// A line of the model list.
struct ModelEntry
{
    QByteArray id; ///< `PROVIDER/MODEL`, an alias, or `lunargate/auto`
    QByteArray ownedBy;
    qint64 created = 0; ///< Unix seconds

    bool operator==(const ModelEntry &) const = default;
};

/// The models that clients are told about, from one configuration without asking any provider: those listed for
/// `models.mode: static`; else the ones that routes name for the provider, its default model and the built-in ones.
/// Providers with mode `fetch` are listed in the same way as `translator`. Immutable: any thread may use it.
class ModelCatalogue
{
public:
    /// `created` is told for every model: the time the configuration was loaded, in Unix seconds.
    ModelCatalogue(const Config &config, qint64 created);

    /// The providers' models by id, then aliases by name, then `lunargate/auto`.
    const std::vector<ModelEntry> &models() const { return m_models; }

    /// The entry of that id or alias, or of the only provider that has a model of that plain name; else nullptr.
    const ModelEntry *find(QByteArrayView id) const;

private:
    void add(const QByteArray &id, const QByteArray &ownedBy, qint64 created);

    std::vector<ModelEntry> m_models;
    std::map<QByteArray, std::size_t, std::less<>> m_byId;
    /// Index of the only entry with that model name; -1 if there are several.
    std::map<QByteArray, qsizetype, std::less<>> m_byPlainName;
};

} // namespace lunargate
