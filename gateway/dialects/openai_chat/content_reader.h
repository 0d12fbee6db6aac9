// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"

namespace lunargate::openai_chat {

/// The parts of a message's `content`: a string, an array of parts, or null. `messageIndex` is for errors.
Result<std::vector<ContentPart>> readContent(json::Value content, int messageIndex);

} // namespace lunargate::openai_chat
