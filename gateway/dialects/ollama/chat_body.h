// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document_writer.h"

#include <optional>
#include <vector>

namespace lunargate::ollama_api {

/// A chat-completions body that is being written from a call in Ollama's protocol.
struct ChatBody
{
    json::DocumentWriter json;
    std::vector<QByteArray> foreignMembers = {}; ///< members that OpenAI's protocol does not have
    std::optional<Error> untranslatable = {};    ///< the first thing that chat completions cannot say at all
    bool isStream = true;
    bool showsThinking = true;

    /// Adds a member that only some providers know.
    void addForeign(QByteArrayView name, json::Value value);
    /// Notes that `field` needs a provider that speaks Ollama's protocol.
    void refuse(const QByteArray &field, const QByteArray &what);
};

/// Writes `stream`, which is true unless the client says otherwise; anything else than true and false counts as unsaid.
void writeStream(ChatBody &body, json::Value value);

/// Writes what POST /api/chat and POST /api/generate have in common: `stream`, `format`, `options`, `think`,
/// `keep_alive` … Fails with InvalidRequest, naming the client's own field.
Result<void> writeSharedMembers(ChatBody &body, json::Value root);

} // namespace lunargate::ollama_api
