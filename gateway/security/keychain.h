// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/security/secret_string.h"

#include <stop_token>

namespace lunargate {

/// Where the configuration's `${keychain:NAME}` is looked up: texts by name. Any thread.
///
/// Every function may wait for the user to unlock the keychain, within a limit and until `stop` says that nobody needs
/// it any more. Failures have a message that says what to do, and one of these reasons: `keychain_entry_missing`,
/// `keychain_locked` (also: the user refused), `keychain_unavailable` (there is none, it keeps silent, or can only be
/// read), `keychain_given_up` (`stop`).
class Keychain
{
public:
    Keychain() = default;
    Keychain(const Keychain &) = delete;
    Keychain &operator=(const Keychain &) = delete;
    virtual ~Keychain() = default;

    virtual Result<SecretString> read(const QByteArray &name, const std::stop_token &stop) = 0;
    /// Puts a text there, or another one in its place.
    virtual Result<void> write(const QByteArray &name, const SecretString &text, const std::stop_token &stop);
    /// Whether there was such a text is not always told.
    virtual Result<void> remove(const QByteArray &name, const std::stop_token &stop);
};

/// The desktop's own keychain (Secret Service, KWallet).
Keychain &systemKeychain();

} // namespace lunargate
