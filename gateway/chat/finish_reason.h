// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

#include <QByteArrayView>

#include <optional>

namespace lunargate {

/// `stop`, `length`, `tool_calls`, `content_filter` or `error`: OpenAI's words.
QByteArrayView finishReasonText(FinishReason reason);

/// What such a word means; nothing for an unknown one. `function_call` is the older `tool_calls`; a few words of
/// services that follow OpenAI are known too.
std::optional<FinishReason> finishReasonOf(QByteArrayView text);

} // namespace lunargate
