// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/config/config.h"

namespace lunargate::openai {

struct WrittenRequest
{
    QByteArray body;
    std::vector<QByteArray> droppedParams; ///< what the client asked for and the service is not told
};

/// The body to send: the client's bytes, with the model's name, the provider's defaults, the usage request of streams
/// and what the service's quirks need changed. Everything else stays as it came. Fails with InvalidRequest if the
/// service refuses something that the answer depends on.
Result<WrittenRequest> writeChatRequest(const ChatRequest &request, const QByteArray &model,
                                        const ProviderConfig &provider);

/// The body of a call for embeddings: the client's bytes with the model's name, and without what the service refuses.
/// Fails likewise.
Result<WrittenRequest> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                              const ProviderConfig &provider);

} // namespace lunargate::openai
