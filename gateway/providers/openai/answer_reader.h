// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::openai {

/// In which form an answer is wanted.
enum class AnswerForm {
    Bytes,     ///< as it came, for clients of the same protocol
    Canonical, ///< its first choice, for all others
};

/// Checks a whole answer and reads its usage.
std::expected<ModelAnswer, UpstreamFailure> readChatAnswer(QByteArray body, const SecretString &key,
                                                           AnswerForm form = AnswerForm::Bytes);

/// The error that stands in the only choice of an answer or chunk; missing if there is none.
json::Value choiceError(json::Value answer);

/// The `usage` object of an answer or chunk; nothing if it has none.
std::optional<Usage> readUsage(json::Value usage);

} // namespace lunargate::openai
