// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"

namespace lunargate {

/// POST /v1/responses (OpenAI API reference, "Responses"). Its calls: openai_responses/responses_call.h.
class OpenAiResponsesDialect final : public Dialect
{
public:
    ChatProtocol protocol() const override { return ChatProtocol::OpenAiResponses; }
    ChatProtocol errorProtocol() const override { return ChatProtocol::OpenAiChat; }
    QByteArray errorBody(const Error &error) const override;
    QByteArray errorFrame(const Error &error) const override;
    QByteArrayView keepAliveFrame() const override;
};

} // namespace lunargate
