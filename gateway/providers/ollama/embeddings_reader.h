// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::ollama {

/// Reads an answer of POST /api/embed to `count` texts.
std::expected<Embeddings, UpstreamFailure> readEmbeddings(const QByteArray &body, size_t count,
                                                          const SecretString &key);

} // namespace lunargate::ollama
