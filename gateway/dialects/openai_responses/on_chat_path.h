// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/dialect.h"

#include <optional>

namespace lunargate::responses {

/// Whether a body that came to POST /v1/chat/completions is one of POST /v1/responses: it has `input`, and no
/// `messages`. Cursor sends such bodies, and wants chat's answers.
bool isOnChatPath(const ChatRequest &request);

/// The call for such a body, in the words of chat, and answered so. Custom tools are functions with a text `input`
/// there. Fails with InvalidRequest, naming the field at fault; also for what chat cannot say, and for earlier
/// responses, which nobody keeps for chat.
Result<std::unique_ptr<ClientCall>> readOnChatPath(QByteArray body, int maxJsonDepth);

/// A chat body whose tools, or the choice among them, are written as those of POST /v1/responses (flat: the name beside
/// the type) with these in chat's form; all else keeps its bytes. Nothing if there are none, which is the rule. Agents
/// that know one form of tools send such bodies; Cursor does.
std::optional<QByteArray> withToolsOfChat(const ChatRequest &request);

/// The call for a body that came to POST /v1/chat/completions, whichever of these it is.
Result<std::unique_ptr<ClientCall>> readChatPath(QByteArray body, int maxJsonDepth);

} // namespace lunargate::responses
