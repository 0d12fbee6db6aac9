// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

namespace lunargate {

/// Takes secrets out of what a provider said about a failure, before it is logged, kept or given to the client: some
/// providers, and the proxies before them, repeat the headers that they were sent.
void hideSecrets(Error &error);
void hideSecrets(UpstreamFailure &failure);

} // namespace lunargate
