// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"
#include "gateway/pipeline/stream_pace.h"

namespace lunargate {

// What goes on between two pieces of an answer that is passed on while it comes.

/// Waits for the next piece and puts what the reader makes of it into `open.events`; a failure is one of these.
Task<> readMore(OpenAnswer &open, StreamPace &pace);

/// Waits until the client has taken most of what waits for it, which is not counted as the provider's time.
Task<> untilDrained(ResponseWriter &response, AttemptDeadlines &deadlines, StreamPace &pace);

} // namespace lunargate
