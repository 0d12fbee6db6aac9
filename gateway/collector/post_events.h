// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/config/config.h"
#include "gateway/upstream/transport.h"

namespace lunargate {

/// Sends a payload to the collector of `settings`, once, and waits for what it says to it.
Task<DeliveryOutcome> postEvents(Transport &network, DataSharingConfig settings, QByteArray payload,
                                 TimePoint deadline);

} // namespace lunargate
