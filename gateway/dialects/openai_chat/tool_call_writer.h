// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

namespace lunargate::openai_chat {

/// An element of a message's `tool_calls`.
void appendToolCall(QByteArray &out, const AnsweredToolCall &call);

/// An element of a delta's `tool_calls`.
void appendToolCallDelta(QByteArray &out, const ChatDelta::ToolCall &call);

} // namespace lunargate::openai_chat
