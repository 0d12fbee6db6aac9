// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/assistant_turn.h"
#include "gateway/dialects/openai_responses/tool_list.h"
#include "gateway/dialects/openai_responses/translation.h"
#include "gateway/json/document.h"
#include "gateway/json/document_writer.h"

#include <vector>

namespace lunargate::responses {

/// Translates input items to chat's messages: what an assistant thought, said and called, each an item of its own,
/// becomes one message. The values must outlive this.
class MessageList
{
public:
    /// Writes an array of messages to `json`. `tools` gets those that stand among the items.
    MessageList(json::DocumentWriter &json, Translation &translation, ToolList &tools)
        : m_translation(translation), m_tools(tools), m_json(json)
    {
        m_json.beginArray();
    }

    /// The text that stands before all items.
    void addInstructions(json::Value instructions);
    /// `place` is the item's, for example `input[2]`.
    void add(json::Value item, const QByteArray &place);

    /// Ends the array.
    void finish();

private:
    void addMessage(json::Value item, const QByteArray &place);
    void addReasoning(json::Value item);
    void addCall(json::Value item, const QByteArray &place);
    void addOutput(json::Value item, const QByteArray &place);
    QByteArray shownOutput(json::Value output, const QByteArray &place);
    void addOther(json::Value item, const QByteArray &place);

    void endTurn();
    void endOutputs();

    Translation &m_translation;
    ToolList &m_tools;
    json::DocumentWriter &m_json;
    AssistantTurn m_turn;
    std::vector<PlacedPart> m_shown; // pictures and files in outputs of tools, which chat has no place for
};

} // namespace lunargate::responses
