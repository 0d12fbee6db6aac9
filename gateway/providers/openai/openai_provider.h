// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate {

/// OpenAI's protocol for chat completions, embeddings and more, spoken by OpenAI itself and by most other services. The
/// client's dialect is the same, so bytes pass through but for what the configuration changes.
class OpenAiProvider : public Provider
{
public:
    explicit OpenAiProvider(ProviderConfig config);

    bool speaks(ChatProtocol protocol) const override { return protocol == ChatProtocol::OpenAiChat; }
    PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const override;
    PreparedCall embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const override;
    PreparedCall passthroughCall(const PassthroughRequest &request, const QByteArray &model) const override;
    UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const override;
    std::optional<UpstreamRequest> modelsRequest(const QByteArray &page) const override;
    Result<ModelPage> readModels(const QByteArray &body) const override;

protected:
    const HeaderList &headers() const { return m_headers; } ///< of every call

private:
    QUrl m_chatUrl;
    QUrl m_embeddingsUrl;
    HeaderList m_headers;
};

} // namespace lunargate
