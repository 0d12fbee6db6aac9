// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

#include <optional>
#include <vector>

namespace lunargate {

/// An id for a tool call that its provider gave none: the same for the same place in the same answer.
QByteArray madeUpCallId(QByteArrayView answerId, size_t position);

/// Finds out which tool call of a stream a piece belongs to. OpenAI numbers them by `index`; services that imitate it
/// leave that out, send several calls under one number, or repeat what they have said.
class ToolCallOrder
{
public:
    /// The piece as ChatDelta wants it: numbered in the order in which the calls began, `id` and `name` with the first
    /// piece alone. Nothing as long as the call has no name. `sentIndex` and `piece` are as the service sent them.
    std::optional<ChatDelta::ToolCall> place(std::optional<qint64> sentIndex, ChatDelta::ToolCall piece,
                                             QByteArrayView answerId);

private:
    struct Call
    {
        std::optional<qint64> sentIndex = {};
        QByteArray id = {};        ///< as sent
        QByteArray name = {};      ///< empty: the call was not told yet
        QByteArray arguments = {}; ///< all so far
        bool isCustom = false;
        QByteArray extraContent = {};
    };

    static bool beginsAnother(const Call &call, const ChatDelta::ToolCall &piece);
    Call *knownCall(std::optional<qint64> sentIndex, const ChatDelta::ToolCall &piece);
    Call &callOf(std::optional<qint64> sentIndex, const ChatDelta::ToolCall &piece);

    std::vector<Call> m_calls;
};

} // namespace lunargate
