// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/message_list.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"
#include "gateway/dialects/openai_responses/carried_thoughts.h"
#include "gateway/dialects/openai_responses/message_parts.h"
#include "gateway/json/writer.h"

#include <algorithm>
#include <utility>

namespace lunargate::responses {

namespace {

// Without them the model would not know what happened.
constexpr QByteArrayView kNeeded[] = {"local_shell_call",
                                      "local_shell_call_output",
                                      "shell_call",
                                      "shell_call_output",
                                      "apply_patch_call",
                                      "apply_patch_call_output",
                                      "computer_call",
                                      "computer_call_output",
                                      "mcp_approval_request",
                                      "mcp_approval_response",
                                      "compaction",
                                      "compaction_trigger",
                                      "program",
                                      "program_output"};

bool isKnownRole(QByteArrayView role)
{
    return role == "user" || role == "assistant" || role == "system" || role == "developer";
}

bool isOutputPart(json::Value part)
{
    const QByteArrayView type = part["type"].string();
    return isTextPart(part) || type == "input_image" || type == "input_file" || type == "input_audio";
}

// Whether it is a list of content parts, and not some JSON that a tool wrote.
bool isContent(json::Value output)
{
    if (!output.isArray())
        return false;
    for (const json::Value part : output.elements()) {
        if (!isOutputPart(part))
            return false;
    }
    return true;
}

QByteArray textOf(json::Value value)
{
    if (isAbsent(value))
        return {};
    return value.isString() ? value.toByteArray() : json::toText(value);
}

QByteArrayView callId(json::Value item)
{
    const QByteArrayView id = item["call_id"].string();
    return id.isEmpty() ? item["id"].string() : id;
}

void addTexts(QByteArray &text, json::Value parts)
{
    for (const json::Value part : parts.elements()) {
        if (!text.isEmpty())
            text += "\n\n";
        text += part["text"].string();
    }
}

} // namespace

void MessageList::addInstructions(json::Value instructions)
{
    if (isAbsent(instructions) || (instructions.isString() && instructions.string().isEmpty()))
        return;
    if (!instructions.isString())
        return m_translation.refuse(invalidValue("instructions", "must be a string").error());
    m_json.beginObject().member("role", "system").member("content", instructions).endObject();
}

void MessageList::add(json::Value item, const QByteArray &place)
{
    const QByteArrayView type = item["type"].string();
    if (!item.isObject())
        m_translation.refuse(invalidValue(place, "must be an object").error());
    else if (type == "message" || (type.isEmpty() && item["role"].isString()))
        addMessage(item, place);
    else if (type == "reasoning")
        addReasoning(item);
    else if (type == "function_call" || type == "custom_tool_call")
        addCall(item, place);
    else if (type == "function_call_output" || type == "custom_tool_call_output")
        addOutput(item, place);
    else
        addOther(item, place);
}

void MessageList::addMessage(json::Value item, const QByteArray &place)
{
    endOutputs();
    const QByteArrayView named = item["role"].string();
    const QByteArrayView role = named.isEmpty() ? QByteArrayView("user") : named;
    if (!isKnownRole(role)) {
        m_translation.refuse(invalidValue(place + ".role", "must be user, assistant, system or developer, not '" +
                                                               role.toByteArray() + '\'')
                                 .error());
        return;
    }
    std::vector<PlacedPart> parts = partsOf(item["content"], place, m_translation);
    if (role != "assistant") {
        endTurn();
        if (parts.empty())
            return;
        m_json.beginObject().member("role", role).key("content");
        writeContent(m_json, parts, m_translation);
        m_json.endObject();
        return;
    }
    // Behind calls it belongs to them: their outputs must follow at once.
    if (!m_turn.parts.empty() && m_turn.calls.empty())
        endTurn();
    m_turn.parts.insert(m_turn.parts.end(), parts.begin(), parts.end());
    if (item["phase"].isString())
        m_turn.phase = item["phase"];
}

void MessageList::addReasoning(json::Value item)
{
    endOutputs();
    const QByteArrayView encrypted = item["encrypted_content"].string();
    const std::optional<json::Document> carried = decoded(encrypted);
    const bool isBehind = carried && carried->root()["behind"].boolean() == true;
    if (!isBehind && !m_turn.parts.empty() && m_turn.calls.empty())
        endTurn();
    addTexts(m_turn.thoughts, item["content"].size() > 0 ? item["content"] : item["summary"]);
    if (encrypted.isEmpty())
        return;
    if (!carried)
        return m_translation.drop("input.reasoning.encrypted_content"); // only who wrote it can read it
    for (const json::Value detail : carried->root()["details"].elements())
        m_turn.details.push_back(json::toText(detail));
    for (const auto [id, extra] : carried->root()["extras"].members())
        m_turn.extras.insert_or_assign(id.toByteArray(), json::toText(extra));
}

void MessageList::addCall(json::Value item, const QByteArray &place)
{
    endOutputs();
    const QByteArrayView name = item["name"].string();
    if (name.isEmpty())
        return m_translation.refuse(invalidValue(place + ".name", "must not be empty").error());
    const bool isCustom = item["type"].string() == "custom_tool_call";
    m_turn.calls.push_back(
        {.id = callId(item).toByteArray(),
         .name = functionName(item["namespace"].string(), name),
         .arguments = isCustom ? customArguments(textOf(item["input"])) : textOf(item["arguments"])});
}

void MessageList::addOutput(json::Value item, const QByteArray &place)
{
    endTurn();
    const QByteArrayView id = callId(item);
    if (id.isEmpty())
        return m_translation.refuse(invalidValue(place + ".call_id", "must not be empty").error());
    const json::Value output = item["output"];
    m_json.beginObject().member("role", "tool").member("tool_call_id", id).key("content");
    if (output.isString()) // most are, and large
        m_json.value(output);
    else if (isContent(output))
        m_json.documentText(shownOutput(output, place + ".output"));
    else
        m_json.documentText(textOf(output));
    m_json.endObject();
}

// The texts of an output; what else it shows is kept for endOutputs().
QByteArray MessageList::shownOutput(json::Value output, const QByteArray &place)
{
    const size_t shownBefore = m_shown.size();
    size_t index = 0;
    for (const json::Value part : output.elements()) {
        const QByteArray partPlace = place + '[' + QByteArray::number(index++) + ']';
        if (!isTextPart(part))
            m_shown.push_back({part, partPlace});
    }
    QByteArray text = joinedTexts(output);
    if (text.isEmpty() && m_shown.size() > shownBefore)
        text = "The output is in the next message of the user.";
    return text;
}

void MessageList::addOther(json::Value item, const QByteArray &place)
{
    const QByteArray type = item["type"].toByteArray();
    if (type == "additional_tools")
        m_tools.add(item["tools"], place + ".tools");
    else if (type == "item_reference" || (type.isEmpty() && item["id"].isString()))
        m_translation.refuse(place, "item '" + item["id"].toByteArray() + '\'');
    else if (std::ranges::contains(kNeeded, QByteArrayView(type)))
        m_translation.refuse(place, "items of type '" + type + '\'');
    else if (type.isEmpty())
        m_translation.refuse(invalidValue(place + ".type", "must name a kind of item").error());
    else
        m_translation.drop("input." + type);
}

void MessageList::finish()
{
    endTurn();
    endOutputs();
    m_json.endArray();
}

void MessageList::endTurn()
{
    const AssistantTurn turn = std::exchange(m_turn, {});
    // Thoughts that led to nothing are no message.
    if (!turn.parts.empty() || !turn.calls.empty())
        writeTurn(m_json, turn, m_translation);
}

// Chat's tool messages are text; what a tool shows comes behind all of them, as from the user.
void MessageList::endOutputs()
{
    const std::vector<PlacedPart> shown = std::exchange(m_shown, {});
    if (shown.empty())
        return;
    m_json.beginObject().member("role", "user").key("content");
    writeContent(m_json, shown, m_translation);
    m_json.endObject();
}

} // namespace lunargate::responses
