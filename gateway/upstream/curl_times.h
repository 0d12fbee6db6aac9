// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/phase_times.h"

#include <curl/curl.h>

namespace lunargate {

/// What libcurl measured of the transfer up to now, which had a connection if it `wentOut`. Costs five reads and no
/// memory.
PhaseTimes readPhaseTimes(CURL *handle, bool wentOut);

} // namespace lunargate
