// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::openai {

/// Checks an answer to POST /embeddings and reads its usage. Vectors that are not in the form that the client wants
/// (base64 of float32, or numbers) are converted, as many compatible services know numbers only; all other bytes stay.
std::expected<ModelAnswer, UpstreamFailure> readEmbeddingsAnswer(QByteArray body, bool wantsBase64,
                                                                 const SecretString &key);

} // namespace lunargate::openai
