// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/providers/gemini/grounding.h"
#include "gateway/providers/gemini/usage_reader.h"
#include "gateway/providers/tool_names.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>
#include <set>

namespace lunargate::gemini {

/// What the text of a delta is. A picture is shown as an image in Markdown, but is no text that somebody wrote.
enum class DeltaKind { Words, Picture };

/// Takes the next piece of an answer.
using DeltaSink = std::function<void(ChatDelta, DeltaKind)>;

/// Reads GenerateContentResponse objects (Gemini API reference, "GenerateContentResponse"): the only one of a whole
/// answer, or the pieces of a stream one after the other. Both are the same to it, so both give the same answer.
class ResponseReader
{
public:
    ResponseReader(std::shared_ptr<const ToolNames> names, bool isGrounded);

    /// Gives `sink` what `response` adds to the answer, part by part. False if it is not what the protocol says.
    bool read(json::Value response, const DeltaSink &sink);

    /// The answer's last words: citations, why it was refused, the finish reason. Fails with UpstreamProtocol where the
    /// model ended with a function call that makes no sense, or nothing came of the call: another try may do better.
    /// With `isCommitted` the client has something already (thoughts), and an empty answer ends as it is.
    Result<void> conclude(const DeltaSink &sink, bool isCommitted);

    /// Whether anything said that, or why, the answer ends.
    bool hasFinished() const { return !m_finishReason.isEmpty() || !m_blockReason.isEmpty(); }

    const QByteArray &id() const { return m_id; }
    const QByteArray &model() const { return m_model; }
    /// Whether the last read() brought numbers.
    bool hasNewUsage() const { return m_hasNewUsage; }
    std::optional<Usage> usage() const { return m_usage.usage(); }

private:
    void readHead(json::Value response);
    bool readPart(json::Value part, const DeltaSink &sink);
    void readThought(json::Value part, const DeltaSink &sink);
    void readText(QByteArray text, DeltaKind kind, QByteArrayView signature, const DeltaSink &sink);
    bool readCall(json::Value part, const DeltaSink &sink);
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
