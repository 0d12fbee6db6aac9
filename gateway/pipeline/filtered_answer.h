// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"

#include <vector>

namespace lunargate {

// Answers with a success status of which a provider's content filter has left nothing.

bool isFiltered(const ModelAnswer &answer);
/// What a stream has said so far.
bool isFiltered(const std::vector<ChatStreamEvent> &events);

/// The failure that stands for such an answer where the route falls back on it; as Azure tells it of a prompt.
Error filteredAnswer();

} // namespace lunargate
