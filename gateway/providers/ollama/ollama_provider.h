// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate {

/// Ollama's own protocol, which unlike its OpenAI-compatible endpoint lets clients set the context length, thinking and
/// how long a model stays loaded.
class OllamaProvider : public Provider
{
public:
    explicit OllamaProvider(ProviderConfig config);

    bool speaks(ChatProtocol protocol) const override { return protocol == ChatProtocol::Ollama; }
    PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const override;
    PreparedCall embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const override;
    UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const override;
    std::optional<UpstreamRequest> modelsRequest(const QByteArray &page) const override;
    Result<ModelPage> readModels(const QByteArray &body) const override;

private:
    PreparedCall nativeCall(const NativeRequest &request, const QByteArray &model, bool isStream) const;

    QUrl m_chatUrl;
    QUrl m_generateUrl;
    QUrl m_embeddingsUrl;
    HeaderList m_headers; // of every call
};

} // namespace lunargate
