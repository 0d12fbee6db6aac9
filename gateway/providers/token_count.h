// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <optional>

namespace lunargate {

/// A number of tokens that a provider reports; nothing for what no call can have used, so that sums stay far from any
/// overflow.
inline std::optional<qint64> tokenCount(json::Value value)
{
    constexpr qint64 kMostTokens = 1'000'000'000'000;
    const std::optional<qint64> count = value.integer();
    return count && *count >= 0 && *count <= kMostTokens ? count : std::nullopt;
}

} // namespace lunargate
