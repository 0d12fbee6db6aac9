// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/upstream/transport.h"

namespace lunargate {

/// Sends `request`, once, and waits for what the service says to it.
Task<DeliveryOutcome> post(Transport &network, UpstreamRequest request, TimePoint deadline);

/// `payload`, which is JSON, for `url`; by gzip if `compress` is set. `headers` are sent beside its type.
UpstreamRequest jsonPost(const QByteArray &url, HeaderList headers, QByteArray payload, bool compress);

} // namespace lunargate
