// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"
#include "gateway/json/document.h"

namespace lunargate {

/// Whom a token speaks of.
struct TokenCaller
{
    QByteArray name;
    bool isAdmin = false;
    std::chrono::sys_seconds expires; ///< the leeway is not in it
};

/// Holds the claims of a token whose signature is right against the configuration. A token must say when it ends
/// (`exp`) and whom it speaks of. Fails with InvalidKey: `invalid_token`, `expired_token` or `early_token`.
Result<TokenCaller> checkClaims(json::Value claims, const SecurityConfig::Jwt &rules, std::chrono::sys_seconds now);

} // namespace lunargate
