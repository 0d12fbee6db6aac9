// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/error.h"

#include <QByteArray>

namespace lunargate::gemini {

/// Writes a batchEmbedContents request (Gemini API reference, "Embeddings"). Fails with InvalidRequest for tokens,
/// which Gemini does not take.
Result<QByteArray> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                          const QByteArray &providerId);

/// Reads its answer, which must have `count` vectors. Fails with UpstreamProtocol.
Result<Embeddings> readEmbeddings(const QByteArray &body, size_t count);

} // namespace lunargate::gemini
