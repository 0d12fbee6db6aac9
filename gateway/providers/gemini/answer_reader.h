// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/providers/gemini/response_reader.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::gemini {

/// Reads a whole answer with `reader`, which is fresh.
std::expected<ModelAnswer, UpstreamFailure> readAnswer(const QByteArray &body, ResponseReader reader,
                                                       const SecretString &key);

} // namespace lunargate::gemini
