// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/responses_call.h"

namespace lunargate::responses {

/// The data of an event as it stands in a stream (`event:` and `data:` lines).
QByteArray dataOf(const QByteArray &eventLines);

/// What a provider's own response object says; without what was read, which it does not repeat. `providerId`: whose it
/// is. Nothing without an id, or with a status that nobody knows.
std::optional<FinishedResponse> finishedResponse(json::Value response, const QByteArray &providerId);

} // namespace lunargate::responses
