// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/providers/event_stream_reader.h"
#include "gateway/providers/openai_responses/output_reader.h"

namespace lunargate::openai_responses {

/// Reads the stream events of a response, which end with `response.completed` or one of its sisters.
class StreamReader : public EventStreamReader
{
public:
    StreamReader(OutputSettings settings, const SecretString &key) : m_output(std::move(settings)), m_key(key) {}

protected:
    void read(SseEvent event, Events &events) override;

private:
    bool readEnd(QByteArrayView type, json::Value event, Events &events);
    void failWith(Error error, json::Value usage, Events &events);

    OutputReader m_output;
    const SecretString &m_key; // the provider's, which outlives its readers
};

} // namespace lunargate::openai_responses
