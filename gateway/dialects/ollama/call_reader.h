// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"

#include <functional>

namespace lunargate::ollama_api {

/// Says what the gateway calls the model that a client names so: Ollama's clients may add `:latest`.
using ModelMeant = std::function<QByteArray(QByteArrayView)>;

/// What a client of Ollama's wants.
struct ReadCall
{
    std::unique_ptr<ClientCall> call;
    QByteArray loadAnswer = {}; ///< not empty: `call` only wants the model loaded, or unloaded, and who cannot do that
                                ///< says so
};

/// Reads the body of POST /api/chat (Ollama API reference, "Generate a chat message"). Without messages it only wants
/// the model loaded. Fails with InvalidRequest, naming the client's own field, where the gateway itself needs to read
/// it; what only Ollama can do or judge becomes ChatRequest::untranslatable.
Result<ReadCall> readChatCall(QByteArray bytes, int maxJsonDepth, const ModelMeant &modelMeant);

/// The same for POST /api/generate ("Generate a completion"): the prompt becomes a conversation of one turn.
Result<ReadCall> readGenerateCall(QByteArray bytes, int maxJsonDepth, const ModelMeant &modelMeant);

} // namespace lunargate::ollama_api
