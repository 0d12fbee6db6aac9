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

    bool speaks(ChatProtocol protocol) const override { return protocol == ChatProtocol::OpenAiResponses; }
    PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const override;
    PreparedCall responsesCall(QByteArrayView method, QByteArrayView path, QByteArray body) const override;
    PreparedCall responsesToolCall(QByteArrayView path, const ChatRequest &request,
                                   const QByteArray &model) const override;

private:
    HeaderList headersWith(const NativeRequest &request) const;
    PreparedCall nativeCall(const ChatRequest &request, const QByteArray &model) const;

    QUrl m_responsesUrl;
};

} // namespace lunargate
