// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/usage.h"
#include "gateway/json/document.h"

#include <optional>

namespace lunargate::gemini {

/// Keeps the last word of an answer's `usageMetadata`, whose numbers grow from chunk to chunk (Gemini API reference,
/// "UsageMetadata").
class UsageReader
{
public:
    /// Whether there was anything in it.
    bool read(json::Value usageMetadata);
    /// Nothing if no number came yet.
    std::optional<Usage> usage() const;

private:
    std::optional<qint64> m_prompt; // with what the cache gave
    std::optional<qint64> m_toolPrompt;
    std::optional<qint64> m_cached;
    std::optional<qint64> m_candidates; // without thoughts
    std::optional<qint64> m_thoughts;
};

} // namespace lunargate::gemini
