// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/dialects/dialect.h"
#include "gateway/dialects/ollama/call_reader.h"

namespace lunargate::ollama_api {

/// Which of the two endpoints for embeddings a client uses.
enum class EmbedKind {
    Embed,      ///< POST /api/embed: `input`, a text or several
    Embeddings, ///< POST /api/embeddings, the older one: `prompt`
};

struct ReadEmbeddings
{
    std::optional<EmbeddingsRequest> request; ///< nothing: there is no text, and no model need be asked
    QByteArray model;                         ///< as the client named it
};

/// Reads the body of a call for embeddings (Ollama API reference, "Generate embeddings"). Fails with InvalidRequest,
/// naming the client's own field.
Result<ReadEmbeddings> readEmbeddings(const QByteArray &bytes, int maxJsonDepth, EmbedKind kind,
                                      const ModelMeant &modelMeant);

/// An answer of OpenAI's protocol as Ollama's client gets it; empty if it is none.
QByteArray embeddingsAnswer(const QByteArray &openAiBody, const QByteArray &model, EmbedKind kind,
                            const AnswerFacts &facts);

/// The answer to a call without any text.
QByteArray noEmbeddings(const QByteArray &model, EmbedKind kind);

} // namespace lunargate::ollama_api
