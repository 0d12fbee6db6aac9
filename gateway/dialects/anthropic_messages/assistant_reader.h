// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/content_reader.h"

namespace lunargate::anthropic_messages {

/// Writes a message of the assistant's as one of the chat protocol: its texts, its calls, and its thoughts with the
/// place where each stood (see ThoughtPlace). Blocks of Anthropic's own tools are left out, which `lost` is told.
Result<void> writeAssistant(json::DocumentWriter &json, const std::vector<PlacedBlock> &blocks, LostNames &lost);

} // namespace lunargate::anthropic_messages
