// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/request_record.h"
#include "gateway/prices/price_book.h"

namespace lunargate {

/// Puts down what the request cost, and what the cache saved, as far as it is over. Only the attempt that answered has
/// told what it used: what failed ones cost is not in it.
void setCost(RequestRecord &record, const PriceBook &prices);

} // namespace lunargate
