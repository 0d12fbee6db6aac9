// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/error.h"

#include <QByteArray>

#include <vector>

namespace lunargate::gemini {

struct WrittenEmbeddings
{
    QByteArray body;
    std::vector<QByteArray> dropped; ///< parameters that are not in it
};

/// Writes a batchEmbedContents request (Gemini API reference, "Embeddings"). Fails with InvalidRequest for tokens and
/// for more texts than Gemini takes.
Result<WrittenEmbeddings> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                                 const QByteArray &providerId);

/// Reads its answer, which must have `count` vectors. Fails with UpstreamProtocol.
Result<Embeddings> readEmbeddings(const QByteArray &body, size_t count);

} // namespace lunargate::gemini
