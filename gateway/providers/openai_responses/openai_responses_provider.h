// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/openai/openai_provider.h"

namespace lunargate {

/// The same service as OpenAiProvider, but chat calls go through OpenAI's Responses protocol: for models that have no
/// other, and for the tools that only it has.
class OpenAiResponsesProvider : public OpenAiProvider
{
public:
    explicit OpenAiResponsesProvider(ProviderConfig config);

    PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const override;
    PreparedCall responsesCall(QByteArrayView method, QByteArrayView path, QByteArray body) const override;

private:
    PreparedCall nativeCall(const ChatRequest &request, const QByteArray &model) const;

    QUrl m_responsesUrl;
};

} // namespace lunargate
