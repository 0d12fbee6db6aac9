// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/ollama/answer_writer.h"

#include <map>

namespace lunargate::ollama_api {

/// Writes a stream as one JSON object a line (application/x-ndjson). Text leaves as it comes; Ollama's clients want
/// tool calls whole, so that these wait for the answer's end. What the provider told in the client's own dialect passes
/// as it is.
class StreamWriter final : public lunargate::StreamWriter
{
public:
    StreamWriter(const AnswerForm &form, AnswerFacts facts);

    void append(QByteArray &out, const ChatStreamEvent &event) override;

private:
    void appendDelta(QByteArray &out, const ChatDelta &delta);
    void addToolCall(const ChatDelta::ToolCall &piece);
    void appendLine(QByteArray &out, const AnswerContent &content) const;
    void appendAnswerEnd(QByteArray &out) const;

    const AnswerForm::Kind m_kind;
    const bool m_showsThinking;
    const AnswerFacts m_facts;
    const QByteArray m_head; // of every line
    std::map<int, AnsweredToolCall> m_calls;
    std::optional<Usage> m_usage;
    FinishReason m_reason = FinishReason::Stop;
    bool m_isTranslated = false; // there were deltas
};

} // namespace lunargate::ollama_api
