// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// Sees to the lists of providers with `models.mode: fetch`. Those that are missing or old are asked for, all at once,
/// in the background of this worker, so that a client that leaves takes nothing from the others. Waits, for some
/// seconds at most, for lists that were never told yet; old ones do until the new ones are there.
Task<> refreshModels(RequestContext &context);

} // namespace lunargate
