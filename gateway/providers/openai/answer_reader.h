// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::openai {

/// Checks a whole answer and reads its usage; the bytes stay as they are.
std::expected<ModelAnswer, UpstreamFailure> readChatAnswer(QByteArray body, const SecretString &key);

/// The error that stands in the only choice of an answer or chunk; missing if there is none.
json::Value choiceError(json::Value answer);

/// The `usage` object of an answer or chunk; nothing if it has none.
std::optional<Usage> readUsage(json::Value usage);

} // namespace lunargate::openai
