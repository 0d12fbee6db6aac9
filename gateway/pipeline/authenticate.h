// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"
#include "gateway/http/http_request.h"

namespace lunargate {

/// Stage 2: whether the client shows a key that the configuration knows. The configured header counts first; without a
/// credential in it `X-API-Key` does, if that is allowed. Fails with MissingKey or InvalidKey.
Result<void> authenticate(const SecurityConfig &security, const HeaderList &clientHeaders);

/// Whether the client may see and change how the gateway works. Without `security` that is whoever sits at this
/// machine: the peer is a loopback address, and no proxy says that it speaks for somebody else. Fails with MissingKey,
/// InvalidKey or Forbidden (`admin_not_local`).
Result<void> authenticateAdmin(const SecurityConfig &security, const HttpRequest &request);

} // namespace lunargate
