// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

#include <QByteArray>

namespace lunargate::openai_chat {

/// Appends what the client gets for a provider's stream event: a `data:` frame, a comment, `[DONE]`, or an error frame.
/// The usage chunk is left out unless the client asked for it.
void appendFrame(QByteArray &out, const ChatStreamEvent &event, bool includeUsage);

} // namespace lunargate::openai_chat
