// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// Begins to fetch the public keys that tokens are checked with, if they are missing or old, in the background of this
/// worker. Those that are there do until the new ones are.
void refreshPublicKeys(RequestContext &context);

/// A token needs keys that are not there: fetches them unless that was tried just now, and waits for what comes of it,
/// as long as `security.jwt.timeout` says. Fetching goes on when the client leaves.
Task<> learnPublicKeys(RequestContext &context);

} // namespace lunargate
