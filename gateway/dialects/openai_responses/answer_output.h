// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/dialects/openai_responses/client_tools.h"

namespace lunargate::responses {

/// The status of a response that ended so: `completed`, `incomplete` or `failed`.
QByteArrayView statusOf(FinishReason reason);

/// `incomplete_details.reason`; empty: it is not incomplete.
QByteArrayView incompleteReason(FinishReason reason);

/// Why an answer failed that says itself that it was cut.
Error cutAnswer();

/// The output of a whole answer, as a JSON array.
QByteArray answerOutput(const Completion &completion, const QByteArray &responseId, const ClientTools &tools);

} // namespace lunargate::responses
