// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"

namespace lunargate {

/// Everything below /api/ (Ollama API reference). Its streams are one JSON object a line and have no sign of life.
class OllamaDialect final : public Dialect
{
public:
    ChatProtocol protocol() const override { return ChatProtocol::Ollama; }
    QByteArray errorBody(const Error &error) const override;
    QByteArray errorFrame(const Error &error) const override;
    QByteArrayView keepAliveFrame() const override { return {}; }
    QByteArrayView streamContentType() const override { return "application/x-ndjson"; }
};

} // namespace lunargate
