// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/keychain.h"

namespace lunargate {

namespace {

Result<void> onlyRead()
{
    return std::unexpected(Error{.reason = "keychain_unavailable", .message = "this keychain can only be read"});
}

} // namespace

Result<void> Keychain::write(const QByteArray & /*name*/, const SecretString & /*text*/,
                             const std::stop_token & /*stop*/)
{
    return onlyRead();
}

Result<void> Keychain::remove(const QByteArray & /*name*/, const std::stop_token & /*stop*/)
{
    return onlyRead();
}

} // namespace lunargate
