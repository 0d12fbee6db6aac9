// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/providers/anthropic/usage_reader.h"
#include "gateway/providers/event_stream_reader.h"
#include "gateway/providers/tool_names.h"

namespace lunargate::anthropic {

/// Reads a stream of message events (Anthropic docs, "Streaming messages"): blocks come one after the other, each with
/// a start, pieces and an end; `message_stop` ends the answer.
class StreamReader : public EventStreamReader
{
public:
    /// What the reader is for: events that pass as they came have more kinds of blocks than deltas can tell.
    enum class Use { Deltas, NativeEvents };

    StreamReader(ToolNames names, const SecretString &key, Use use = Use::Deltas)
        : m_names(std::move(names)), m_key(key), m_use(use)
    {
    }

protected:
    void read(SseEvent event, Events &events) override;

private:
    /// The block that is open.
    struct Block
    {
        enum class Kind { None, Text, Thinking, ToolUse, Other };

        Kind kind = Kind::None;
        std::optional<qint64> index = {};       // its number in the message
        QByteArray thought;                     // so far: it has to come back in one piece
        QByteArray signature;                   // so far
        QByteArray input;                       // of a call, if it came with the start
        bool hasInput = false;                  // pieces of it came
        qint64 begin = 0;                       // of a text: its first character in the answer
        std::vector<QByteArray> citations = {}; // of a text, as JSON: they span it all, so that they wait for its end
        qsizetype held = 0;                     // bytes of what is kept until its end
    };

    void startMessage(json::Value message, Events &events);
    void startBlock(json::Value event, Events &events);
    void readBlockDelta(json::Value event, Events &events);
    void stopBlock(Events &events);
    void readMessageDelta(json::Value event, Events &events);
    void stopMessage(Events &events);

    bool hold(qsizetype bytes, Events &events);
    QByteArray nextThoughtId() const;
    void emitText(json::Value text, Events &events);
    void emitThought(json::Value text, Events &events);
    void emitDetail(QByteArray detail, Events &events);
    void emitArguments(QByteArray arguments, Events &events);
    void emitFinish(json::Value stopReason, json::Value stopDetails, Events &events);
    void emitUseful(ChatDelta delta, qsizetype textBytes, Events &events);

    ToolNames m_names;
    const SecretString &m_key; // the provider's, which outlives its readers
    const Use m_use;
    UsageReader m_usage;
    QByteArray m_id;
    Block m_block;
    int m_calls = 0;         // begun
    int m_details = 0;       // emitted
    qint64 m_characters = 0; // of the answer's text so far
    qint64 m_textBytes = 0;  // of it
    bool m_hasStarted = false;
    bool m_isCommitted = false; // something useful was emitted
    bool m_hasFinished = false; // the finish reason was
};

} // namespace lunargate::anthropic
