// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/json/members.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate {

/// A call for embeddings: the client's own bytes, and what other protocols than OpenAI's are written from. Movable;
/// views refer to `document`.
struct EmbeddingsRequest
{
    QByteArray body;                   ///< valid JSON, an object; UTF-8
    json::Range object;                ///< the object in `body`
    std::vector<json::Member> members; ///< of the object, by position in `body`
    json::Document document;           ///< `body`, parsed
    QByteArray model;                  ///< never empty
    std::vector<QByteArrayView> texts; ///< the input, if it is a text or a list of texts
    bool isTokens = false; ///< the input is tokens, which only OpenAI's protocol can carry; `texts` is empty
    std::optional<qint64> dimensions;
    bool isBase64 = false; ///< the client wants vectors as base64 of little-endian float32
    QByteArray user;
    std::vector<QByteArray> foreignMembers; ///< of `body`, that OpenAI's protocol does not have: see ChatRequest
};

/// What a provider without OpenAI's protocol answered.
struct Embeddings
{
    std::vector<std::vector<float>> vectors; ///< in the order of the input
    QByteArray model;                        ///< as the provider reports it; empty: it does not
    std::optional<qint64> promptTokens;
};

} // namespace lunargate
