// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/message_parts.h"

#include <map>

namespace lunargate::responses {

/// What an assistant thought, said and called in one go: several items here, one message in chat.
struct AssistantTurn
{
    struct Call
    {
        QByteArray id;
        QByteArray name;
        QByteArray arguments;
    };

    QByteArray thoughts = {};                     ///< as text
    std::vector<QByteArray> details = {};         ///< JSON objects for `reasoning_details`
    std::map<QByteArray, QByteArray> extras = {}; ///< `extra_content` of calls, by their id
    std::vector<PlacedPart> parts = {};
    std::vector<Call> calls = {};
    json::Value phase = {};
};

/// Writes it as chat's message.
void writeTurn(json::DocumentWriter &json, const AssistantTurn &turn, Translation &translation);

} // namespace lunargate::responses
