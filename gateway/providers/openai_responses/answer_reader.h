// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/providers/openai_responses/output_reader.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::openai_responses {

/// Reads a whole answer: a response object, or the chat.completion that some relays send in its place.
std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body, const OutputSettings &settings,
                                                       const SecretString &key);

} // namespace lunargate::openai_responses
