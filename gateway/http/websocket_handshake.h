// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/http/http_request.h"

namespace lunargate {

/// The value of Sec-WebSocket-Accept for a request that asks for a WebSocket (RFC 6455 section 4.2). Fails with
/// UpgradeRequired for one that does not, or not in version 13, and with InvalidRequest for one that does it wrongly.
Result<QByteArray> acceptWebSocket(const HttpRequest &request);

} // namespace lunargate
