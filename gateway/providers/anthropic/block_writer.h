// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"
#include "gateway/providers/anthropic/block.h"
#include "gateway/providers/tool_names.h"

namespace lunargate::anthropic {

/// Writes blocks as an array.
void writeBlocks(json::TextWriter &json, const std::vector<Block> &blocks, ToolNames &names);

} // namespace lunargate::anthropic
