// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/provider_version.h"
#include "gateway/config/config.h"
#include "gateway/limits/client_address.h"
#include "gateway/models/fetched_models.h"
#include "gateway/prices/price_book.h"
#include "gateway/providers/provider_registry.h"
#include "gateway/routing/model_catalogue.h"
#include "gateway/routing/model_selection.h"
#include "gateway/routing/router.h"
#include "gateway/security/browser_guard.h"
#include "gateway/security/key_ring.h"
#include "gateway/security/token_verifier.h"

#include <atomic>
#include <memory>

namespace lunargate {

struct Services;

/// One configuration with everything derived from it. Immutable; a request keeps the one it began with to its end.
struct Runtime
{
    Runtime(std::shared_ptr<const Config> loaded, const Services &services);

    std::shared_ptr<const Config> config;
    ModelSelector selector;
    Router router;
    ProviderRegistry providers;
    ProviderVersions providerVersions;
    PriceBook prices;
    KeyRing keys;
    TokenVerifier tokens;
    std::shared_ptr<PublicKeyStore> publicKeys; ///< that tokens are checked with; null unless clients show tokens
    BrowserGuard guard;
    TrustedProxies trustedProxies;

    /// What providers told about their models under this configuration: the one thing here that changes.
    std::unique_ptr<FetchedModels> fetchedModels;

    /// The models that clients are told about, as far as they are known now.
    ModelCatalogue catalogue() const { return ModelCatalogue(*config, m_loadedAt, fetchedModels->lists()); }

    /// Takes over the lists that `previous` has of these providers, whose settings are as they were. A provider whose
    /// address or key changed is asked anew. Before anybody else uses this.
    void keepModelLists(const Runtime &previous, const std::vector<QByteArray> &ids)
    {
        fetchedModels->adopt(*previous.fetchedModels, ids);
    }

private:
    qint64 m_loadedAt; // Unix seconds
};

/// Where requests find the running configuration. Any thread.
class RuntimeStore
{
public:
    explicit RuntimeStore(std::shared_ptr<const Runtime> initial) : m_current(std::move(initial)) {}

    std::shared_ptr<const Runtime> current() const { return m_current.load(std::memory_order_acquire); }
    void replace(std::shared_ptr<const Runtime> next) { m_current.store(std::move(next), std::memory_order_release); }

private:
    std::atomic<std::shared_ptr<const Runtime>> m_current;
};

} // namespace lunargate
