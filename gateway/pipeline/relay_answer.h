// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"

namespace lunargate {

/// Gives the client a provider's answer byte for byte, while it comes and only as fast as the client takes it: status,
/// what headers it needs, and body. What the answer says of its use is noted. If it breaks, a stream of events ends
/// with an error frame, and every other answer without its end. `isCompletionStream`: see PassthroughRequest.
Task<> relayAnswer(RequestContext &context, bool isCompletionStream, OpenAnswer open);

} // namespace lunargate
