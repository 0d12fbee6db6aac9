// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/request_reader.h"
#include "gateway/dialects/dialect.h"

namespace lunargate {

/// POST /v1/messages, and the form of errors of all of Anthropic's endpoints (Anthropic API reference).
class AnthropicMessagesDialect final : public Dialect
{
public:
    ChatProtocol protocol() const override { return ChatProtocol::AnthropicMessages; }
    QByteArray errorBody(const Error &error) const override;
    QByteArray identifiedErrorBody(const Error &error, QByteArrayView requestId) const override;
    QByteArray errorFrame(const Error &error) const override;
    QByteArrayView keepAliveFrame() const override;
    QByteArrayView requestIdHeader() const override { return "request-id"; }
};

namespace anthropic_messages {

/// A sign of life that clients count as one (Anthropic docs, "Streaming messages").
inline constexpr QByteArrayView kPingFrame = "event: ping\ndata: {\"type\":\"ping\"}\n\n";

/// Reads a call; see readRequest().
Result<std::unique_ptr<ClientCall>> readCall(QByteArray body, int maxJsonDepth, CallHead head);

} // namespace anthropic_messages

} // namespace lunargate
