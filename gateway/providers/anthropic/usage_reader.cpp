// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/usage_reader.h"

#include "gateway/providers/token_count.h"

#include <algorithm>

namespace lunargate::anthropic {

void UsageReader::read(json::Value usage)
{
    const auto take = [](std::optional<qint64> &number, json::Value value) {
        if (const std::optional<qint64> count = tokenCount(value))
            number = count;
    };
    take(m_input, usage["input_tokens"]);
    take(m_cacheRead, usage["cache_read_input_tokens"]);
    take(m_cacheWrite, usage["cache_creation_input_tokens"]);
    take(m_cacheWriteHour, usage["cache_creation"]["ephemeral_1h_input_tokens"]);
    take(m_output, usage["output_tokens"]);
    take(m_thinking, usage["output_tokens_details"]["thinking_tokens"]);
}

std::optional<Usage> UsageReader::usage() const
{
    if (!m_input && !m_output)
        return std::nullopt;
    const qint64 cacheWrite = m_cacheWrite.value_or(0);
    const qint64 cacheWriteHour = std::min(cacheWrite, m_cacheWriteHour.value_or(0));
    const qint64 output = m_output.value_or(0);
    const qint64 thinking = std::min(output, m_thinking.value_or(0));
    return Usage{.input = m_input.value_or(0),
                 .cachedInput = m_cacheRead.value_or(0),
                 .cacheWrite = cacheWrite - cacheWriteHour,
                 .cacheWriteHour = cacheWriteHour,
                 .output = output - thinking,
                 .reasoning = thinking};
}

} // namespace lunargate::anthropic
