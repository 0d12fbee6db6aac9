// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/limits/limit_permit.h"
#include "gateway/observability/request_record.h"

namespace lunargate {

/// How many tokens so much text is, rounded up. A rule of thumb for English text and code (OpenAI help, "What are
/// tokens").
qint64 tokensOfText(qint64 bytes);

/// What an answer is expected to take at most whose length the request does not limit.
inline constexpr qint64 kGuessedAnswerTokens = 1024;

/// What a normalised request may use: its text, and the longest answer that it allows, as often as it asks for one.
TokenEstimate estimateTokens(const ChatRequest &request);
TokenEstimate estimateTokens(const EmbeddingsRequest &request);

/// What a request that is over really used, for which `reserved` was put aside. Nothing if no provider was called, or
/// if all that were failed; what the provider says, if it says anything; else an estimate.
qint64 tokensUsed(const RequestRecord &record, const TokenEstimate &reserved);

} // namespace lunargate
