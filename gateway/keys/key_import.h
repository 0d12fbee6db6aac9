// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/environment.h"
#include "gateway/security/keychain_entry.h"

#include <vector>

namespace lunargate {

/// A variable that is set and holds the key of a known service.
struct KeyInEnvironment
{
    QByteArray variable; ///< for example OPENAI_API_KEY
    QByteArray name;     ///< what the key would be called: the service's type
    QByteArray origin;   ///< of the service
};

/// In the order of the presets. Services whose address is each customer's own are left out: nobody knows where their
/// keys may be sent.
std::vector<KeyInEnvironment> keysInEnvironment(const Environment &environment);

/// What would go into the keychain.
KeychainEntry entryOf(const KeyInEnvironment &key, const Environment &environment);

} // namespace lunargate
