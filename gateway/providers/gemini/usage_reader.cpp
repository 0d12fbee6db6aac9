// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/usage_reader.h"

#include "gateway/providers/token_count.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

bool update(std::optional<qint64> &count, json::Value value)
{
    const std::optional<qint64> read = tokenCount(value);
    if (read)
        count = read;
    return read.has_value();
}

} // namespace

bool UsageReader::read(json::Value usageMetadata)
{
    bool hasAny = update(m_prompt, usageMetadata["promptTokenCount"]);
    hasAny |= update(m_toolPrompt, usageMetadata["toolUsePromptTokenCount"]);
    hasAny |= update(m_cached, usageMetadata["cachedContentTokenCount"]);
    hasAny |= update(m_candidates, usageMetadata["candidatesTokenCount"]);
    hasAny |= update(m_thoughts, usageMetadata["thoughtsTokenCount"]);
    return hasAny;
}

std::optional<Usage> UsageReader::usage() const
{
    if (!m_prompt && !m_candidates && !m_thoughts)
        return std::nullopt;
    const qint64 prompt = m_prompt.value_or(0);
    Usage usage;
    usage.cachedInput = std::min(prompt, m_cached.value_or(0));
    usage.input = prompt - usage.cachedInput + m_toolPrompt.value_or(0);
    usage.output = m_candidates.value_or(0);
    usage.reasoning = m_thoughts.value_or(0);
    return usage;
}

} // namespace lunargate::gemini
