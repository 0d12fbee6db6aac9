// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// How many tokens `call` would have, as `{"input_tokens":N}`: asks the target that the call itself would go to, if its
/// provider speaks the client's protocol and counts; else estimates. It is asked once, and its circuit learns nothing
/// of it.
Task<> countTokens(RequestContext &context, Result<std::unique_ptr<ClientCall>> call);

/// An estimate for a normalised request; `forAnthropic`: with what Anthropic adds where there are tools.
qint64 estimatedTokens(const ChatRequest &request, bool forAnthropic);

} // namespace lunargate
