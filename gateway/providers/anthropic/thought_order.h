// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/anthropic/block.h"

#include <vector>

namespace lunargate::anthropic {

/// What a client keeps of an answer in three lists, in the answer's own order again: every thought at its ThoughtPlace,
/// for which texts are split, those without a place in front.
std::vector<Block> inAnswerOrder(std::vector<Block> thoughts, std::vector<Block> texts, std::vector<Block> calls);

} // namespace lunargate::anthropic
