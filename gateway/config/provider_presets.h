// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/config_problem.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate {

/// What is known of a service: what providers of its type have unless the configuration says otherwise.
struct ProviderPreset
{
    QByteArray name;               ///< the provider type
    ProviderConfig defaults;       ///< without id and key
    QByteArray keyVariable;        ///< the environment variable that holds the key; empty: none is usual
    bool needsKey = false;         ///< the service refuses calls without
    QByteArray exampleUrl;         ///< for a service without an address of its own
    std::vector<QByteArray> hosts; ///< more hosts of the vendor's, and all below them

    /// Whether `baseUrl` is the vendor's: what is known of the vendor's models and keys goes for no other address. True
    /// if the vendor has no address that is the same for all.
    bool isVendorAddress(const QByteArray &baseUrl) const;
    /// Whether the key of `keyVariable` may be sent there: the address is the vendor's, and as safe as its own.
    bool mayHaveKey(const QByteArray &baseUrl) const;
};

/// What became of a text with presets.
struct ProviderPresetReading
{
    std::vector<ProviderPreset> presets; ///< in the order of the text
    std::vector<ConfigProblem> problems;
};

/// Reads a text like resources/providers.yaml.
ProviderPresetReading readProviderPresets(QByteArrayView text);

/// Those of resources/providers.yaml. Read at the first call; any thread.
const std::vector<ProviderPreset> &providerPresets();

/// The one of that name (lower case), or nullptr.
const ProviderPreset *findProviderPreset(QByteArrayView type);

} // namespace lunargate
