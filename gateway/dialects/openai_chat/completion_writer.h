// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

namespace lunargate::openai_chat {

/// A chat.completion object. `fallbackId`, `fallbackModel` and `created` (Unix seconds) stand in for what the provider
/// did not tell.
QByteArray completionBody(const Completion &completion, const std::optional<Usage> &usage, const QByteArray &fallbackId,
                          const QByteArray &fallbackModel, qint64 created);

/// The `usage` object.
QByteArray usageObject(const Usage &usage);

} // namespace lunargate::openai_chat
