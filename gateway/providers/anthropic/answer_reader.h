// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/providers/tool_names.h"
#include "gateway/security/secret_string.h"

#include <expected>

namespace lunargate::anthropic {

/// Reads a whole message (Anthropic API reference, "Create a Message").
std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArrayView body, const ToolNames &names,
                                                       const SecretString &key);

/// A name that Anthropic gave to an answer, a model or a call; empty if it is too long to be one.
QByteArray readName(json::Value name);

/// The id of a call: Anthropic's own, or one made of the answer's id and the call's position.
QByteArray callId(json::Value block, QByteArrayView answerId, int position);

/// What a `thinking` block with a signature, or a `redacted_thinking` block, must come back as; empty for others. `id`
/// is a thoughtId(), `position` counts the details of the answer.
QByteArray thoughtDetail(QByteArray text, QByteArray signature, QByteArray id, int position);
QByteArray redactedDetail(json::Value block, QByteArray id, int position);

} // namespace lunargate::anthropic
