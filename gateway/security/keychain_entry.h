// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

namespace lunargate {

/// A key as it stands in the keychain, together with where it may be sent, so that nobody changes that without the
/// keychain.
struct KeychainEntry
{
    SecretString secret = {};
    QByteArray origin = {}; ///< see originOf(); empty: it may be sent anywhere
};

/// What stands in the keychain for `entry`.
SecretString toKeychainText(const KeychainEntry &entry);

/// The entry of that name. A text that another program put there is a secret without an origin. Fails as
/// Keychain::read(), and with `keychain_entry_unknown` if a later version wrote it.
Result<KeychainEntry> readKeychainEntry(Keychain &keychain, const QByteArray &name, const std::stop_token &stop);

} // namespace lunargate
