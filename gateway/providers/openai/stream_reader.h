// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/providers/event_stream_reader.h"

namespace lunargate::openai {

/// Reads a stream of chat.completion.chunk objects that ends with `[DONE]`. Payloads pass byte for byte.
class StreamReader : public EventStreamReader
{
public:
    explicit StreamReader(const SecretString &key) : m_key(key) {}

protected:
    void read(SseEvent event, Events &events) override;
    void closed(Events &events) override;

private:
    const SecretString &m_key; // the provider's, which outlives its readers
    bool m_hasFinished = false;
    bool m_hasSeveralChoices = false;
};

} // namespace lunargate::openai
