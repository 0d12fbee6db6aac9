// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"

namespace lunargate {

/// POST /v1/chat/completions, and the form of errors of all of OpenAI's endpoints (OpenAI API reference).
class OpenAiChatDialect final : public Dialect
{
public:
    ChatProtocol protocol() const override { return ChatProtocol::OpenAiChat; }
    QByteArray errorBody(const Error &error) const override;
    QByteArray errorFrame(const Error &error) const override;
    QByteArrayView keepAliveFrame() const override;
};

namespace openai_chat {

/// Reads a call from its body; see readRequest().
Result<std::unique_ptr<ClientCall>> readCall(QByteArray body, int maxJsonDepth);

} // namespace openai_chat

} // namespace lunargate
