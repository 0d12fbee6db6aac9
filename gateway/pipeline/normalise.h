// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"

namespace lunargate {

/// Stage 4: gives the request its canonical form, in which everything is spelled in one way. What cannot be understood
/// stays an error inside `request.conversation`: providers that speak the client's dialect may know better, the others
/// refuse it with that error. Fails with InvalidRequest for what contradicts itself.
Result<void> normalise(ChatRequest &request);

/// How much text there is to read for a model, pictures and files left out. Of a normalised request.
qsizetype textBytes(const ChatRequest &request);

} // namespace lunargate
