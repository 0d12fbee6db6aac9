// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

#include <map>
#include <unordered_map>

namespace lunargate {

/// The providers of one configuration, and those of targets with overrides, which are made here once and not for each
/// request. Immutable.
class ProviderRegistry
{
public:
    /// A provider whose protocol this version cannot speak yet is left out; see isSupported().
    explicit ProviderRegistry(const std::vector<ProviderConfig> &configs);
    /// With what the targets of the routes override. Their addresses name them in find(), so `config` must be the one
    /// that the router works with, and outlive this.
    explicit ProviderRegistry(const Config &config);

    /// Whether this version can call providers with that protocol.
    static bool isSupported(Protocol protocol);

    /// Nothing if there is none of that id. `responses`: the one that speaks OpenAI's Responses protocol to the same
    /// service; the usual one for services that have no such protocol. `target`: with the overrides of that target and
    /// its route; null: without any.
    std::shared_ptr<const Provider> find(const QByteArray &id, bool responses = false,
                                         const TargetConfig *target = nullptr) const;

private:
    struct Entry
    {
        std::shared_ptr<const Provider> usual;     // null: this version cannot call it
        std::shared_ptr<const Provider> responses; // null: it has no such protocol
    };

    static Entry makeEntry(const ProviderConfig &config, const Provider *original = nullptr);
    void addTarget(const Config &config, const RouteConfig &route, const TargetConfig &target);

    std::map<QByteArray, Entry> m_providers;
    std::unordered_map<const TargetConfig *, Entry> m_targets; // those that differ from their providers
};

} // namespace lunargate
