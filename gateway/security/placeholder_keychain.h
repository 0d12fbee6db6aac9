// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

namespace lunargate {

/// Has the same text for every name and asks nobody, for whoever reads a configuration without using it: a real one may
/// ask the user for a password. Any thread.
class PlaceholderKeychain : public Keychain
{
public:
    Result<SecretString> read(const QByteArray & /*name*/, const std::stop_token & /*stop*/) override
    {
        return SecretString("0"); // a number can be wanted
    }
};

} // namespace lunargate
