// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/assistant_turn.h"

namespace lunargate::responses {

namespace {

void writeCalls(json::DocumentWriter &json, const AssistantTurn &turn)
{
    json.key("tool_calls").beginArray();
    for (const AssistantTurn::Call &call : turn.calls) {
        json.beginObject();
        if (!call.id.isEmpty())
            json.member("id", call.id);
        json.member("type", "function").key("function").beginObject();
        json.member("name", call.name).key("arguments").documentText(call.arguments).endObject();
        if (const auto extra = turn.extras.find(call.id); extra != turn.extras.end())
            json.key("extra_content").raw(extra->second);
        json.endObject();
    }
    json.endArray();
}

} // namespace

void writeTurn(json::DocumentWriter &json, const AssistantTurn &turn, Translation &translation)
{
    json.beginObject().member("role", "assistant").key("content");
    if (turn.parts.empty())
        json.null();
    else
        writeContent(json, turn.parts, translation);
    if (turn.phase.exists())
        json.member("phase", turn.phase);
    if (!turn.thoughts.isEmpty())
        json.member("reasoning_content", turn.thoughts);
    if (!turn.details.empty()) {
        json.key("reasoning_details").beginArray();
        for (const QByteArray &detail : turn.details)
            json.raw(detail);
        json.endArray();
    }
    if (!turn.calls.empty())
        writeCalls(json, turn);
    json.endObject();
}

} // namespace lunargate::responses
