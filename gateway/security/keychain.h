// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/security/secret_string.h"

#include <stop_token>

namespace lunargate {

/// Where the configuration's `${keychain:NAME}` is looked up. Any thread.
class Keychain
{
public:
    Keychain() = default;
    Keychain(const Keychain &) = delete;
    Keychain &operator=(const Keychain &) = delete;
    virtual ~Keychain() = default;

    /// The secret of that name. May wait for the user to unlock the keychain, within a limit and until `stop` says that
    /// nobody needs it any more. Fails with a message that says what to do.
    virtual Result<SecretString> read(const QByteArray &name, const std::stop_token &stop) = 0;
};

/// The desktop's own keychain (Secret Service, KWallet).
Keychain &systemKeychain();

} // namespace lunargate
