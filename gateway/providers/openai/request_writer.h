// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/config/config.h"

namespace lunargate::openai {

/// The body to send: the client's bytes, with the model's name, the provider's sampling defaults, the usage request of
/// streams and, where the provider does not know it, the `developer` role changed. Everything else stays as it came.
QByteArray writeChatRequest(const ChatRequest &request, const QByteArray &model, const ProviderConfig &provider);

/// The body of a call for embeddings: the client's bytes with the model's name.
QByteArray writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model);

} // namespace lunargate::openai
