// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/http/header_list.h"

#include <expected>

namespace lunargate {

/// Why there is no key or token to look at.
enum class CredentialProblem {
    Missing,   ///< the client shows none
    Malformed, ///< the configured header has something else in it
};

/// The key or token that a client shows, taken as text. The configured header counts first. Without a credential in it
/// `X-API-Key` does, and then `api-key`, as far as `allow_x_api_key` lets them.
std::expected<QByteArray, CredentialProblem> shownCredential(const SecurityConfig &security,
                                                             const HeaderList &clientHeaders);

} // namespace lunargate
