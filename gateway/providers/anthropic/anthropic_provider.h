// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate {

/// Anthropic's Messages protocol (Anthropic API reference).
class AnthropicProvider : public Provider
{
public:
    explicit AnthropicProvider(ProviderConfig config);

    bool speaks(ChatProtocol protocol) const override { return protocol == ChatProtocol::AnthropicMessages; }
    PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const override;
    std::optional<PreparedCall> tokenCountCall(const ChatRequest &request, const QByteArray &model) const override;
    UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const override;

    std::optional<UpstreamRequest> modelsRequest(const QByteArray &page) const override;
    Result<ModelPage> readModels(const QByteArray &body) const override;

private:
    PreparedCall nativeCall(const ChatRequest &request, const QByteArray &model) const;
    UpstreamRequest nativePost(const NativeRequest &request, QByteArrayView path, QByteArray body,
                               QByteArrayView accepted) const;
    QByteArray version() const;
    QByteArray modelOr(const QByteArray &model) const { return model.isEmpty() ? config().defaultModel : model; }

    QUrl m_messagesUrl;
    QByteArray m_version; // in front of every path, unless the address has it
    HeaderList m_headers; // of every call
};

} // namespace lunargate
