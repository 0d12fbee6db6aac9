// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"
#include "gateway/http/header_list.h"

namespace lunargate {

/// Stage 2: whether the client shows a key that the configuration knows. The configured header counts first; without a
/// credential in it `X-API-Key` does, if that is allowed. Fails with MissingKey or InvalidKey.
Result<void> authenticate(const SecurityConfig &security, const HeaderList &clientHeaders);

} // namespace lunargate
