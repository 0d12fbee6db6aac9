// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/security/public_keys.h"
#include "gateway/upstream/transport.h"

namespace lunargate {

/// Asks the address in `settings` for the public keys. Follows no redirect.
Task<Result<PublicKeys>> fetchPublicKeys(SecurityConfig::Jwt settings, Transport &network);

/// Reads them from the file in `settings`, which is small and local.
Result<PublicKeys> readPublicKeyFile(const SecurityConfig::Jwt &settings);

/// What changes with that file: when it was written, and how long it is. Empty if there is none.
QByteArray stampOfPublicKeyFile(const SecurityConfig::Jwt &settings);

} // namespace lunargate
