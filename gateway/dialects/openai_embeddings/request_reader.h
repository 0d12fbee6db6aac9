// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/error.h"

namespace lunargate::openai_embeddings {

/// Reads the body of POST /v1/embeddings (OpenAI API reference, "Create embeddings"). Fields that it does not know are
/// not looked at, so that they reach the provider. Fails with InvalidRequest, naming the place or the field at fault.
Result<EmbeddingsRequest> readRequest(QByteArray body, int maxJsonDepth);

} // namespace lunargate::openai_embeddings
