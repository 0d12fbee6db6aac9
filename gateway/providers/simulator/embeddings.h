// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>

#include <vector>

namespace lunargate::simulator {

/// A checked request for embeddings.
struct EmbeddingsRequest
{
    QByteArray model;
    std::vector<std::vector<QByteArray>> inputs; ///< each as its tokens
    int dimensions = 0;
    bool isBase64 = false;
};

/// Reads the body of POST /embeddings. Fails as OpenAI does: InvalidRequest with the field in `param`.
Result<EmbeddingsRequest> readEmbeddingsRequest(const QByteArray &body);

/// A unit vector of its words: the same words give the same vector, similar texts similar ones.
std::vector<float> embed(const std::vector<QByteArray> &tokens, int dimensions);

/// The body of the answer.
QByteArray embeddingsAnswer(const EmbeddingsRequest &request);

} // namespace lunargate::simulator
