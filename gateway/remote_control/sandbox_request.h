// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/http_request.h"
#include "gateway/remote_control/backend_message.h"

namespace lunargate {

// Requests that remote control makes to the gateway itself, as the built-in caller `remote-control`.

/// The chat request of a command: for its target, past the cache, and answered whole, as an answer is one message.
HttpRequest sandboxRequest(const SandboxCommand &command);

/// For the list of models.
HttpRequest modelListRequest();

} // namespace lunargate
