// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/on_chat_path.h"

#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/dialects/openai_responses/chat_body.h"
#include "gateway/dialects/openai_responses/field_names.h"
#include "gateway/dialects/openai_responses/tool_list.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"

#include <limits>

namespace lunargate::responses {

namespace {

/// A tool, or what names one, whose name stands beside its type: `function` or `custom`.
bool isFlat(json::Value tool)
{
    const QByteArrayView type = tool["type"].string();
    return (type == "function" || type == "custom") && !tool["name"].string().isEmpty() && isAbsent(tool[type]);
}

QByteArray nested(json::Value tool)
{
    json::DocumentWriter json;
    if (tool["type"].string() == "custom")
        writeCustomTool(json, tool, tool["name"].string());
    else
        writeFunctionTool(json, tool, tool["name"].string());
    return json::toText(std::move(json).finish().root());
}

bool hasFlatTool(json::Value tools)
{
    for (const json::Value tool : tools.elements()) {
        if (isFlat(tool))
            return true;
    }
    return false;
}

/// Replaces those tools of a list that are flat.
void nestTools(json::Splice &splice, const QByteArray &body, json::Range range, json::Value tools)
{
    const std::vector<json::Range> ranges = json::elementsOf(body, range);
    size_t index = 0;
    for (const json::Value tool : tools.elements()) {
        if (index >= ranges.size()) // never, unless the list is there twice
            break;
        const json::Range place = ranges[index++];
        if (isFlat(tool))
            splice.replace(place, nested(tool));
    }
}

/// `allowed_tools` has its mode and tools beside its type, too.
void writeAllowed(json::DocumentWriter &json, json::Value choice)
{
    json.beginObject().member("type", "allowed_tools").key("allowed_tools").beginObject();
    if (const json::Value mode = choice["mode"]; !isAbsent(mode))
        json.member("mode", mode);
    json.key("tools").beginArray();
    for (const json::Value tool : choice["tools"].elements()) {
        if (isFlat(tool))
            writeToolReference(json, tool["name"].string());
        else
            json.value(tool);
    }
    json.endArray().endObject().endObject();
}

/// In chat's form; empty if it is.
QByteArray nestedChoice(json::Value choice)
{
    json::DocumentWriter json;
    if (isFlat(choice))
        writeToolReference(json, choice["name"].string());
    else if (choice["type"].string() == "allowed_tools" && isAbsent(choice["allowed_tools"]))
        writeAllowed(json, choice);
    return json::toText(std::move(json).finish().root());
}

} // namespace

bool isOnChatPath(const ChatRequest &request)
{
    const json::Value root = request.document.root();
    return !isAbsent(root["input"]) && root["messages"].size() == 0;
}

Result<std::unique_ptr<ClientCall>> readOnChatPath(QByteArray body, int maxJsonDepth)
{
    const Result<ResponsesBody> read = readBody(std::move(body), maxJsonDepth);
    if (!read)
        return std::unexpected(read.error());
    if (!read->previousResponseId.isEmpty())
        return std::unexpected(previousResponseNotFound(read->previousResponseId));
    const EarlierTurns none;
    const InputList input(*read, none);
    ChatBody chat = chatBody(*read, input);
    if (chat.refusal)
        return std::unexpected(*std::move(chat.refusal));
    // It was read before, so that it is no deeper than may be.
    Result<std::unique_ptr<ClientCall>> call =
        openai_chat::readCall(json::toText(chat.document.root()), std::numeric_limits<int>::max());
    if (call) {
        (*call)->request.unsaid = std::move(chat.dropped);
        (*call)->fieldNames = kFieldNames;
    }
    return call;
}

std::optional<QByteArray> withToolsOfChat(const ChatRequest &request)
{
    const json::Value root = request.document.root();
    const bool hasFlat = hasFlatTool(root["tools"]); // of the parsed tree: the text is walked only where it changes
    const QByteArray choice = nestedChoice(root["tool_choice"]);
    if (!hasFlat && choice.isEmpty())
        return std::nullopt;
    json::Splice splice(request.body);
    if (const json::Member *tools = json::find(request.members, "tools"); tools && hasFlat)
        nestTools(splice, request.body, tools->value, root["tools"]);
    if (!choice.isEmpty())
        splice.set(request.object, request.members, "tool_choice", choice);
    return splice.result();
}

Result<std::unique_ptr<ClientCall>> readChatPath(QByteArray body, int maxJsonDepth)
{
    Result<std::unique_ptr<ClientCall>> call = openai_chat::readCall(std::move(body), maxJsonDepth);
    if (!call)
        return call;
    ChatRequest &request = (*call)->request;
    if (isOnChatPath(request))
        return readOnChatPath(std::move(request.body), maxJsonDepth);
    if (std::optional<QByteArray> nested = withToolsOfChat(request))
        return openai_chat::readCall(*std::move(nested), std::numeric_limits<int>::max()); // it was read before
    return call;
}

} // namespace lunargate::responses
