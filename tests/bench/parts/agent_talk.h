// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate::bench {

// The request of a coding agent in the middle of its work: 60 messages with tool calls, 25 tools, in OpenAI's chat
// protocol exactly 512 KiB. In the other protocols the same texts. As runner/requests.py makes it, with other chances.

QByteArray agentChatBody();      ///< POST /v1/chat/completions
QByteArray agentMessagesBody();  ///< POST /v1/messages
QByteArray agentResponsesBody(); ///< POST /v1/responses
QByteArray agentOllamaBody();    ///< POST /api/chat

/// A chat request of exactly 1 KiB.
QByteArray smallChatBody();

} // namespace lunargate::bench
