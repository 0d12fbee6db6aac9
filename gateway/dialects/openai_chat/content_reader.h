// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"

namespace lunargate::openai_chat {

/// The parts of a message's `content`: a string, an array of parts, or null. `place` names it in errors.
Result<std::vector<ContentPart>> readContent(json::Value content, const QByteArray &place);

} // namespace lunargate::openai_chat
