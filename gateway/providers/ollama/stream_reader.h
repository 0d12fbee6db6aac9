// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/line_stream_reader.h"
#include "gateway/providers/ollama/tool_call_reader.h"

namespace lunargate::ollama {

/// Reads a stream of POST /api/chat or /api/generate: one object a line, the last one with `done`. Tool calls come
/// whole.
class StreamReader : public LineStreamReader
{
public:
    explicit StreamReader(const SecretString &key) : m_key(key) {}

protected:
    void read(json::Value line, Events &events) override;

private:
    void readText(json::Value line, Events &events);
    bool readToolCalls(json::Value line, Events &events);

    const SecretString &m_key; // the provider's, which outlives its readers
    ToolCallReader m_toolCalls;
    bool m_hasBegun = false;
};

} // namespace lunargate::ollama
