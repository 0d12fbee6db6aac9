// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::ollama {

/// Reads a whole answer of POST /api/chat or /api/generate.
std::expected<ModelAnswer, UpstreamFailure> readChatAnswer(const QByteArray &body, const SecretString &key);

/// What the model says in `answer`, a whole one or a piece of one: its `message`, or the answer itself, which with
/// /api/generate has `response` in place of `content`. Missing if it is neither.
json::Value messageOf(json::Value answer);

/// The text of such a message.
QByteArrayView textOf(json::Value message);

/// What the model thought.
QByteArrayView thinkingOf(json::Value message);

/// Why an answer with `done` ended. Ollama says `stop` after tool calls too.
FinishReason finishReasonOf(json::Value answer, bool hasToolCalls);

/// The counters of an answer with `done`; nothing if it has none. Ollama leaves out those that are 0.
std::optional<Usage> usageOf(json::Value answer);

} // namespace lunargate::ollama
