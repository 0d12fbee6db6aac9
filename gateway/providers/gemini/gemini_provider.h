// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate {

/// Google's own protocol for the Gemini models: generateContent, streamGenerateContent, batchEmbedContents. The base
/// URL ends with the API's version (`…/v1beta`).
class GeminiProvider : public Provider
{
public:
    explicit GeminiProvider(ProviderConfig config);

    PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const override;
    PreparedCall embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const override;
    UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const override;
    std::optional<UpstreamRequest> modelsRequest(const QByteArray &page) const override;
    Result<ModelPage> readModels(const QByteArray &body) const override;

private:
    Result<QByteArray> modelFor(const QByteArray &model) const;

    HeaderList m_headers; // of every call
};

} // namespace lunargate
