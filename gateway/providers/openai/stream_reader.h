// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/tool_call_order.h"
#include "gateway/json/document.h"
#include "gateway/providers/event_stream_reader.h"
#include "gateway/providers/openai/answer_reader.h"

#include <bitset>

namespace lunargate::openai {

/// Reads a stream of chat.completion.chunk objects that ends with `[DONE]`.
class StreamReader : public EventStreamReader
{
public:
    explicit StreamReader(const SecretString &key, AnswerForm form = AnswerForm::Bytes) : m_key(key), m_form(form) {}

protected:
    void read(SseEvent event, Events &events) override;
    void closed(Events &events) override;

private:
    /// OpenAI gives at most so many; whatever comes beyond shares the last one's fate.
    static constexpr size_t kMostChoices = 128;

    void readChoice(json::Value choice, ChatStreamEvent &event);
    bool isCut(json::Value finishReason) const;
    void addDeltas(json::Value chunk, ChatStreamEvent event, Events &events);
    bool hasSeveralChoices() const { return (m_begun >> 1).any(); }
    bool isWhole() const { return m_finished.any() && m_finished == m_begun; }

    const SecretString &m_key; // the provider's, which outlives its readers
    const AnswerForm m_form;
    ToolCallOrder m_calls; // of the first choice
    bool m_hasModel = false;
    std::bitset<kMostChoices> m_begun;    // choices that came, by index
    std::bitset<kMostChoices> m_finished; // those that have their finish reason
};

} // namespace lunargate::openai
