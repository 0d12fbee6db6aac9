// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/attempt.h"

namespace lunargate {

/// Stage 10: gives the provider's answer to the client. A stream is read only as fast as the client takes it; what
/// breaks now is told inside of it, since nothing can be tried again once the client has a part.
Task<> answer(RequestContext &context, const ChatRequest &request, OpenAnswer open);

/// The same for a call whose answer is whole and in the client's own dialect.
void answerWhole(RequestContext &context, OpenAnswer open);

} // namespace lunargate
