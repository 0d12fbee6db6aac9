// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/config/config.h"
#include "gateway/providers/ollama/request_writer.h"

namespace lunargate::ollama {

/// The body for POST /api/embed (Ollama API reference, "Generate embeddings"). Fails with InvalidRequest if the input
/// is tokens.
Result<WrittenRequest> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                              const ProviderConfig &provider);

} // namespace lunargate::ollama
