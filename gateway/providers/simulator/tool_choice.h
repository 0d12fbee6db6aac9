// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/simulator/chat_request_view.h"

#include <vector>

namespace lunargate::simulator {

/// What `tools` and `tool_choice` of a request allow together.
struct ToolPlan
{
    std::vector<Tool> tools; ///< those that may be called
    ToolUse use = ToolUse::None;
};

/// Reads both members of a chat request. Fails with InvalidRequest if they contradict each other.
Result<ToolPlan> planTools(json::Value request);

/// The tools that the simulated model calls now; none if it answers with text.
/// Required: always. Auto: when the user spoke last. It calls the tools whose names the user wrote, or else the first.
std::vector<Tool> toolsToCall(const ChatRequestView &request);

} // namespace lunargate::simulator
