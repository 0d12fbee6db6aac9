// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"

namespace lunargate {

/// The list of embeddings that the client gets, vectors as `request` wants them (OpenAI API reference, "Embeddings").
QByteArray embeddingsBody(const Embeddings &embeddings, const EmbeddingsRequest &request);

} // namespace lunargate
