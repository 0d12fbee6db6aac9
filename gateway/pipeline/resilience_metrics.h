// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metrics.h"

namespace lunargate {

class CircuitBreakers;
class ConcurrencySlots;

/// The numbers of circuits and of providers' queues as they are now. Any thread.
std::vector<MetricReading> resilienceMetrics(const CircuitBreakers &breakers, const ConcurrencySlots &slots);

} // namespace lunargate
