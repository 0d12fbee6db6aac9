// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"

#include <QSet>

namespace lunargate::ollama {

/// Reads the tool calls of one answer, whole or over all lines of a stream, and sees to it that each has an id of its
/// own: older versions of Ollama give none.
class ToolCallReader
{
public:
    /// The next call of the answer. `answer` is the object that it came in. Nothing if it names no tool.
    std::optional<AnsweredToolCall> read(json::Value call, json::Value answer);

    /// Calls read so far.
    int count() const { return static_cast<int>(m_ids.size()); }

private:
    QByteArray idFor(json::Value call, json::Value answer, const AnsweredToolCall &read);

    QSet<QByteArray> m_ids;
};

} // namespace lunargate::ollama
