// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/cached_answer.h"
#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// Gives a recorded stream to the client, frame by frame in the configured rhythm, or as fast as the client takes it.
Task<> replayStream(RequestContext &context, SharedAnswer answer);

} // namespace lunargate
