// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>

namespace lunargate {

/// How long the phases of a call to a provider took, as far as it got. With a kept connection nothing is looked up nor
/// connected.
struct PhaseTimes
{
    bool isReused = false;                              ///< it went over a kept connection
    std::optional<std::chrono::microseconds> dns{};     ///< until the name had an address
    std::optional<std::chrono::microseconds> connect{}; ///< after that, until TCP had a connection; a proxy's, if any
    std::optional<std::chrono::microseconds> tls{};     ///< after that, until TLS was agreed, a proxy's tunnel included
    std::optional<std::chrono::microseconds> firstByte{}; ///< of the answer's head, since the call began

    bool operator==(const PhaseTimes &) const = default;
};

} // namespace lunargate
