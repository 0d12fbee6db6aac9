// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/providers/gemini/grounding.h"
#include "gateway/providers/gemini/usage_reader.h"
#include "gateway/providers/tool_names.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace lunargate::gemini {

/// Reads GenerateContentResponse objects (Gemini API reference, "GenerateContentResponse"): the only one of a whole
/// answer, or the pieces of a stream one after the other. Both are the same to it, so both give the same answer.
class ResponseReader
{
public:
    ResponseReader(std::shared_ptr<const ToolNames> names, bool isGrounded);

    /// Appends what `response` adds to the answer. False if it is not what the protocol says.
    bool read(json::Value response, std::vector<ChatDelta> &deltas);

    /// The answer's last words: citations, why it was refused, the finish reason. Fails with UpstreamProtocol where
    /// nothing came of the call and another try may do better; with `isCommitted` the client has something already, and
    /// the answer ends as it is.
    Result<void> conclude(std::vector<ChatDelta> &deltas, bool isCommitted);

    /// Whether anything said that, or why, the answer ends.
    bool hasFinished() const { return !m_finishReason.isEmpty() || !m_blockReason.isEmpty(); }

    const QByteArray &id() const { return m_id; }
    const QByteArray &model() const { return m_model; }
    /// Whether the last read() brought numbers.
    bool hasNewUsage() const { return m_hasNewUsage; }
    std::optional<Usage> usage() const { return m_usage.usage(); }

private:
    void readHead(json::Value response);
    bool readPart(json::Value part, std::vector<ChatDelta> &deltas);
    void readThought(json::Value part, std::vector<ChatDelta> &deltas);
    void readText(QByteArray text, QByteArrayView signature, std::vector<ChatDelta> &deltas);
    bool readCall(json::Value part, std::vector<ChatDelta> &deltas);
    QByteArray uniqueId(json::Value call, QByteArrayView arguments) const;
    QByteArray refusal() const;

    std::shared_ptr<const ToolNames> m_names;
    std::optional<Grounding> m_grounding;
    UsageReader m_usage;
    bool m_hasNewUsage = false;
    QByteArray m_id;
    QByteArray m_model;
    QByteArray m_finishReason; // the last one counts: older models put one into every piece
    QByteArray m_finishMessage;
    QByteArray m_blockReason;
    std::set<QByteArray> m_callIds;
    qsizetype m_textBytes = 0; // so far
    int m_details = 0;         // so far
};

} // namespace lunargate::gemini
