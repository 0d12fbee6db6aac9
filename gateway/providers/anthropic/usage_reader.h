// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/usage.h"
#include "gateway/json/document.h"

#include <optional>

namespace lunargate::anthropic {

/// Reads what a call used. In streams the numbers come in parts, each of which is the sum so far: a later number takes
/// the place of an earlier one (Anthropic docs, "Streaming messages").
class UsageReader
{
public:
    /// Takes over the numbers of a `usage` object.
    void read(json::Value usage);

    /// What is known by now; nothing if nothing was ever told.
    std::optional<Usage> usage() const;

private:
    std::optional<qint64> m_input; // without what concerns the cache
    std::optional<qint64> m_cacheRead;
    std::optional<qint64> m_cacheWrite;
    std::optional<qint64> m_cacheWriteHour; // part of m_cacheWrite
    std::optional<qint64> m_output;         // thinking included
    std::optional<qint64> m_thinking;
};

} // namespace lunargate::anthropic
