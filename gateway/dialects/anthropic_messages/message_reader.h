// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/content_reader.h"

namespace lunargate::anthropic_messages {

/// Writes `system` and `messages` as an array of chat messages (Anthropic API reference, "Messages"): results of tools
/// become messages of their own, before what else the user says in the same one. Fails with InvalidRequest for what is
/// no message, and for content that has no chat form.
Result<void> writeMessages(json::DocumentWriter &json, json::Value root, LostNames &lost);

} // namespace lunargate::anthropic_messages
