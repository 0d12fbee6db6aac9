// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/providers/anthropic/block.h"

namespace lunargate::anthropic {

/// Brings a conversation into the order that Anthropic wants (Anthropic API reference, "Messages"; "Tool use"): system
/// messages apart, user and assistant in turn, the results of tools together at the beginning of the user's turn right
/// behind the calls, thoughts where they were. Ids of calls become such as it accepts, each of them once.
///
/// Fails with InvalidRequest for results and calls without their counterpart, arguments that are no JSON object, and
/// content that Anthropic cannot carry. `withThoughts` is false for models that never think.
Result<Outline> outlineOf(const Conversation &conversation, const QByteArray &providerId, bool withThoughts);

/// Whether the assistant began to call tools for the user's last message without what it thought before: then Anthropic
/// refuses to think on by a budget ("Thinking with tool use": all calls until the answer are one turn of the assistant,
/// which has to begin with a thought).
bool lacksThoughts(const Outline &outline);

} // namespace lunargate::anthropic
