// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

#include <map>

namespace lunargate {

/// The providers of one configuration. Immutable.
class ProviderRegistry
{
public:
    /// A provider whose protocol this version cannot speak yet is left out; see isSupported().
    explicit ProviderRegistry(const std::vector<ProviderConfig> &configs);

    /// Whether this version can call providers with that protocol.
    static bool isSupported(Protocol protocol);

    /// Nothing if there is none of that id. `responses`: the one that speaks OpenAI's Responses protocol to the same
    /// service; the usual one for services that have no such protocol.
    std::shared_ptr<const Provider> find(const QByteArray &id, bool responses = false) const;

private:
    std::map<QByteArray, std::shared_ptr<const Provider>> m_providers;
    std::map<QByteArray, std::shared_ptr<const Provider>> m_responses;
};

} // namespace lunargate
