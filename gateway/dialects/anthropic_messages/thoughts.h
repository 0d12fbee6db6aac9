// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate::anthropic_messages {

/// What a client wants to see of the model's thoughts (Anthropic docs, "Thinking").
enum class Thoughts {
    None,     ///< it did not ask the model to think, and expects no such blocks
    Unworded, ///< `display: omitted`: blocks without their text
    Shown,
};

} // namespace lunargate::anthropic_messages
