// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/message_writer.h"

#include <deque>

namespace lunargate::anthropic_messages {

/// Writes a stream of message events (Anthropic docs, "Streaming messages"). Blocks come one after the other, so that
/// calls whose pieces come mixed wait for those before them, and everything else for the calls.
class StreamWriter final : public lunargate::StreamWriter
{
public:
    StreamWriter(AnswerFacts facts, Thoughts thoughts) : m_facts(std::move(facts)), m_thoughts(thoughts) {}

    void append(QByteArray &out, const ChatStreamEvent &event) override;

private:
    enum class Open { None, Text, Thinking, Call };

    /// A call whose block is yet to be written, or is being written.
    struct Call
    {
        int index = 0;
        QByteArray id;
        QByteArray name;
        QByteArray arguments; ///< all so far
        QByteArray extraContent;
    };

    void start(QByteArray &out, const ChatDelta &delta);
    void addDelta(QByteArray &out, const ChatDelta &delta);
    void addContent(QByteArray &out, const ChatDelta &delta);
    void addWaiting(QByteArray &out);
    void addText(QByteArray &out, const QByteArray &text);
    void addReasoning(QByteArray &out, const QByteArray &text);
    void addDetail(QByteArray &out, const QByteArray &detail);
    void addCallPiece(QByteArray &out, const ChatDelta::ToolCall &piece);
    void openNextCall(QByteArray &out);
    void appendArguments(QByteArray &out, const QByteArray &text);
    bool isCallWhole() const;
    bool isInCalls() const;
    void openBlock(QByteArray &out, Open kind, QByteArrayView block);
    void appendDelta(QByteArray &out, QByteArrayView type, QByteArrayView member, QByteArrayView text);
    void appendWhole(QByteArray &out, const ThoughtBlock &block);
    void closeBlock(QByteArray &out);
    void closeCalls(QByteArray &out);
    void finish(QByteArray &out);
    Usage usageNow() const;

    const AnswerFacts m_facts;
    const Thoughts m_thoughts;
    bool m_isNative = false; // the events pass as they come, the last ones too
    bool m_hasStarted = false;
    int m_blocks = 0; // begun
    Open m_open = Open::None;
    QByteArray m_signature;           // of the thinking block that is open
    std::deque<Call> m_calls;         // the first one is open, if m_open says so; the others wait
    std::vector<ChatDelta> m_waiting; // what came before the calls were whole
    bool m_hasCalls = false;
    std::vector<ThoughtBlock> m_carried; // for who did not ask for thoughts: until there is a call that needs them
    QByteArray m_refusal;
    std::optional<FinishReason> m_finishReason;
    std::optional<Usage> m_usage;
    qint64 m_outputBytes = 0;
};

} // namespace lunargate::anthropic_messages
