// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

/// A piece of what a model thought that must come back unchanged with the next turn: an element of an assistant
/// message's `reasoning_details` (the field and its forms are OpenRouter's, "Reasoning Tokens"; agents send it back as
/// it came).
struct ReasoningDetail
{
    enum class Kind {
        Text,      ///< `reasoning.text`: `text` (may be empty) and perhaps a `signature`
        Encrypted, ///< `reasoning.encrypted`: `data`, readable for the provider only
    };

    Kind kind = Kind::Text;
    QByteArray text = {};
    QByteArray signature = {};
    QByteArray data = {};
    QByteArray id = {};     ///< the provider's name of it, where it has one
    QByteArray format = {}; ///< whose it is, for example `anthropic-claude-v1`: others must not be sent it

    bool operator==(const ReasoningDetail &) const = default;
};

/// The formats in use, as OpenRouter names them.
inline constexpr QByteArrayView kAnthropicReasoning = "anthropic-claude-v1";
inline constexpr QByteArrayView kGeminiReasoning = "google-gemini-v1";
inline constexpr QByteArrayView kResponsesReasoning = "openai-responses-v1";

/// As a JSON object. `index` counts the details of the answer from 0.
QByteArray toJson(const ReasoningDetail &detail, int index);

/// Those of `details` (a JSON array, as a client sent it) that are of that format. Others and malformed ones are left
/// out.
std::vector<ReasoningDetail> reasoningDetails(json::Value details, QByteArrayView format);

} // namespace lunargate
