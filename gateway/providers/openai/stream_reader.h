// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/providers/provider.h"
#include "gateway/upstream/sse_reader.h"

namespace lunargate::openai {

/// Reads a stream of chat.completion.chunk objects that ends with `[DONE]`. Payloads pass byte for byte.
class StreamReader : public ChatStreamReader
{
public:
    explicit StreamReader(const SecretString &key);

    void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) override;
    void finish(std::vector<ChatStreamEvent> &events) override;

private:
    void read(SseEvent event, std::vector<ChatStreamEvent> &events);
    ChatStreamEvent readChunk(QByteArray payload);
    void fail(QByteArray reason, QByteArray message, std::vector<ChatStreamEvent> &events);

    const SecretString &m_key; // the provider's, which outlives its readers
    SseReader m_sse;
    std::vector<SseEvent> m_parsed;
    bool m_ended = false;
};

} // namespace lunargate::openai
