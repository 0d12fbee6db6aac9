// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/dialects/openai_responses/carried_thoughts.h"
#include "gateway/dialects/openai_responses/client_tools.h"
#include "gateway/dialects/openai_responses/event_frames.h"
#include "gateway/dialects/openai_responses/item_events.h"

#include <map>
#include <optional>
#include <vector>

namespace lunargate::responses {

/// Writes the events of a response's output items. A message or a thought is closed when something else begins; calls
/// stay open until the end, because their arguments may come by turns. A piece of text costs the piece, whatever came
/// before.
class StreamOutput
{
public:
    StreamOutput(EventFrames &frames, QByteArray responseId, const ClientTools &tools)
        : m_frames(frames), m_items(frames, std::move(responseId)), m_tools(tools)
    {
    }

    void add(QByteArray &out, const ChatDelta &delta);
    /// Closes what is open. `isCut`: the last item is incomplete.
    void finish(QByteArray &out, bool isCut);

    /// The items that are closed, as a JSON array.
    QByteArray items() const { return m_items.doneItems(); }

    /// About how much memory all items take, open ones too.
    qsizetype heldBytes() const { return m_heldBytes; }

private:
    /// A message, with the part of it that is open.
    struct Message
    {
        ItemPlace place;
        std::vector<QByteArray> parts = {}; ///< those that are closed
        QByteArray text = {};               ///< of the open part
        std::vector<QByteArray> annotations = {};
        bool isPartOpen = false;
        bool isRefusal = false; ///< the open part
        QByteArray prefix = {}; ///< of the open part's pieces, from `,"item_id"` to `"delta":`
    };
    struct Reasoning
    {
        ItemPlace place;
        QByteArray text = {};
        QByteArray prefix = {};
    };
    struct Call
    {
        ItemPlace place;
        QByteArray callId;
        ClientTool tool;
        bool isWrapped = false;    ///< a custom tool that is called as a function: its input is known at the end only
        QByteArray arguments = {}; ///< so far
    };

    void countHeld(const ChatDelta &delta);
    void addReasoning(QByteArray &out, const QByteArray &text);
    void addText(QByteArray &out, const QByteArray &text, bool isRefusal);
    void addAnnotation(QByteArray &out, const QByteArray &annotation);
    void addCall(QByteArray &out, const ChatDelta::ToolCall &piece);
    size_t openCall(QByteArray &out, const ChatDelta::ToolCall &piece);
    void writeArguments(QByteArray &out, const Call &call, const QByteArray &piece);

    void openMessage(QByteArray &out);
    void openPart(QByteArray &out, bool isRefusal);
    void closePart(QByteArray &out);
    void openReasoning(QByteArray &out);
    void closeReasoning(QByteArray &out);
    void closeMessage(QByteArray &out, bool isCut = false);
    void closeCall(QByteArray &out, Call &call, bool isCut);
    void closeText(QByteArray &out);
    void carryThoughts(QByteArray &out);

    EventFrames &m_frames;
    ItemEvents m_items;
    const ClientTools &m_tools;
    std::optional<Message> m_message;
    std::optional<Reasoning> m_reasoning; // never beside a message
    std::vector<Call> m_calls;
    std::map<int, size_t> m_callsByIndex; // by the provider's count
    CarriedThoughts m_thoughts;           // not written yet
    qsizetype m_heldBytes = 0;
};

} // namespace lunargate::responses
