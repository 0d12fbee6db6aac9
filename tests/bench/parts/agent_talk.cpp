// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/parts/agent_talk.h"

#include "gateway/json/text_writer.h"

#include <QtGlobal>

#include <random>
#include <vector>

namespace lunargate::bench {

namespace {

using json::TextWriter;

constexpr qsizetype kSmallBytes = 1024;
constexpr qsizetype kAgentBytes = 512 * 1024;
constexpr int kTurns = 19; // of three messages each, with the first and the last one 59
constexpr int kTools = 25;
constexpr int kArguments = 6;
constexpr qsizetype kResultBytes = 14'500;

// Text as agents send it: words, indented code with quotes and tabs to escape, and letters beyond ASCII.
constexpr QByteArrayView kPieces[] = {
    "Look at the file, find why the test fails, and mend the cause. ",
    "The user asked for a short answer with the names of the functions. ",
    "if (value == \"none\") {\n\treturn std::unexpected(Error{\"missing\"});\n}\n",
    "diff --git a/gateway/json/writer.cpp b/gateway/json/writer.cpp\n",
    "Prüfe auch die Größe der Antwort – sie darf 10 MiB nicht überschreiten.\n",
    "日本語のコメントもそのまま残してください。\n",
    "{\"path\": \"C:\\\\work\\\\gateway\", \"lines\": [1, 2, 3]}\n",
};

/// The user asks, the assistant calls a tool, the tool answers at length.
struct Turn
{
    QByteArray question;
    QByteArray callId;
    QByteArray tool;
    QByteArray arguments; ///< JSON text of an object
    QByteArray result;
};

struct Tool
{
    QByteArray name;
    QByteArray description;
    QByteArray parameters; ///< JSON schema
};

struct Talk
{
    QByteArray system;
    std::vector<Turn> turns;
    QByteArray last;
    std::vector<Tool> tools;
};

/// Chances that are the same everywhere: the standard fixes this generator, but not its distributions.
class Chance
{
public:
    template <std::size_t Size, typename Item>
    Item of(const Item (&items)[Size])
    {
        return items[m_generator() % Size];
    }

    QByteArray text(qsizetype bytes)
    {
        QByteArray text;
        while (text.size() < bytes)
            text += of(kPieces);
        return text;
    }

private:
    std::mt19937 m_generator{20261123};
};

QByteArray numbered(const char *name, int number)
{
    return name + QByteArray::number(number).rightJustified(4, '0');
}

Turn makeTurn(int number, Chance &chance)
{
    TextWriter arguments;
    arguments.beginObject().member("argument_0", chance.text(kResultBytes / 4)).endObject();
    return {.question = chance.text(kResultBytes / 4),
            .callId = numbered("call_", number),
            .tool = numbered("tool_", number % kTools),
            .arguments = std::move(arguments).text(),
            .result = chance.text(kResultBytes)};
}

Tool makeTool(int number, Chance &chance)
{
    static constexpr QByteArrayView kTypes[] = {"string", "integer", "boolean"};
    TextWriter schema;
    schema.beginObject().member("type", "object").key("properties").beginObject();
    for (int argument = 0; argument < kArguments; ++argument) {
        schema.key("argument_" + QByteArray::number(argument)).beginObject();
        schema.member("type", chance.of(kTypes)).member("description", chance.of(kPieces)).endObject();
    }
    schema.endObject().key("required").beginArray().string("argument_0").endArray().endObject();
    return {
        .name = numbered("tool_", number), .description = chance.text(4 * 60), .parameters = std::move(schema).text()};
}

void writeChatTool(TextWriter &json, const Tool &tool)
{
    json.beginObject().member("type", "function").key("function").beginObject();
    json.member("name", tool.name).member("description", tool.description);
    json.key("parameters").raw(tool.parameters).endObject().endObject();
}

QByteArray chatBody(const Talk &talk)
{
    TextWriter json;
    json.beginObject().member("model", "bench-model").key("messages").beginArray();
    const auto message = [&json](const char *role, const QByteArray &content) {
        json.beginObject().member("role", role).member("content", content).endObject();
    };
    message("system", talk.system);
    for (const Turn &turn : talk.turns) {
        message("user", turn.question);
        json.beginObject().member("role", "assistant").key("content").null().key("tool_calls").beginArray();
        json.beginObject().member("id", turn.callId).member("type", "function").key("function").beginObject();
        json.member("name", turn.tool).member("arguments", turn.arguments).endObject().endObject();
        json.endArray().endObject();
        json.beginObject().member("role", "tool").member("tool_call_id", turn.callId);
        json.member("content", turn.result).endObject();
    }
    message("user", talk.last);
    json.endArray().key("tools").beginArray();
    for (const Tool &tool : talk.tools)
        writeChatTool(json, tool);
    json.endArray().member("temperature", 0.2).endObject();
    return std::move(json).text();
}

Talk makeTalk()
{
    Chance chance;
    Talk talk{.system = chance.text(kResultBytes), .turns = {}, .last = {}, .tools = {}};
    for (int number = 0; number < kTurns; ++number)
        talk.turns.push_back(makeTurn(number, chance));
    for (int number = 0; number < kTools; ++number)
        talk.tools.push_back(makeTool(number, chance));
    const qsizetype missing = kAgentBytes - chatBody(talk).size();
    if (missing <= 0)
        qFatal("the talk is %lld bytes too long", qlonglong(-missing));
    talk.last = QByteArray(missing, 'x');
    return talk;
}

const Talk &agentTalk()
{
    static const Talk talk = makeTalk();
    return talk;
}

} // namespace

QByteArray agentChatBody()
{
    return chatBody(agentTalk());
}

QByteArray agentMessagesBody()
{
    const Talk &talk = agentTalk();
    TextWriter json;
    const auto beginMessage = [&json](const char *role) {
        json.beginObject().member("role", role).key("content").beginArray().beginObject();
    };
    const auto endMessage = [&json] { json.endObject().endArray().endObject(); };
    const auto userText = [&](const QByteArray &text) {
        beginMessage("user");
        json.member("type", "text").member("text", text);
        endMessage();
    };
    json.beginObject().member("model", "bench-model").member("max_tokens", 8192).member("system", talk.system);
    json.key("messages").beginArray();
    for (const Turn &turn : talk.turns) {
        userText(turn.question);
        beginMessage("assistant");
        json.member("type", "tool_use").member("id", turn.callId).member("name", turn.tool);
        json.key("input").raw(turn.arguments);
        endMessage();
        beginMessage("user");
        json.member("type", "tool_result").member("tool_use_id", turn.callId).member("content", turn.result);
        endMessage();
    }
    userText(talk.last);
    json.endArray().key("tools").beginArray();
    for (const Tool &tool : talk.tools) {
        json.beginObject().member("name", tool.name).member("description", tool.description);
        json.key("input_schema").raw(tool.parameters).endObject();
    }
    json.endArray().member("temperature", 0.2).endObject();
    return std::move(json).text();
}

QByteArray agentResponsesBody()
{
    const Talk &talk = agentTalk();
    TextWriter json;
    json.beginObject().member("model", "bench-model").member("instructions", talk.system).member("store", false);
    json.key("input").beginArray();
    const auto message = [&json](const QByteArray &content) {
        json.beginObject().member("role", "user").member("content", content).endObject();
    };
    for (const Turn &turn : talk.turns) {
        message(turn.question);
        json.beginObject().member("type", "function_call").member("call_id", turn.callId);
        json.member("name", turn.tool).member("arguments", turn.arguments).endObject();
        json.beginObject().member("type", "function_call_output").member("call_id", turn.callId);
        json.member("output", turn.result).endObject();
    }
    message(talk.last);
    json.endArray().key("tools").beginArray();
    for (const Tool &tool : talk.tools) {
        json.beginObject().member("type", "function").member("name", tool.name);
        json.member("description", tool.description).key("parameters").raw(tool.parameters).endObject();
    }
    json.endArray().member("temperature", 0.2).endObject();
    return std::move(json).text();
}

QByteArray agentOllamaBody()
{
    const Talk &talk = agentTalk();
    TextWriter json;
    json.beginObject().member("model", "bench-model").key("messages").beginArray();
    const auto message = [&json](const char *role, const QByteArray &content) {
        json.beginObject().member("role", role).member("content", content).endObject();
    };
    message("system", talk.system);
    for (const Turn &turn : talk.turns) {
        message("user", turn.question);
        json.beginObject().member("role", "assistant").member("content", "").key("tool_calls").beginArray();
        json.beginObject().key("function").beginObject().member("name", turn.tool);
        json.key("arguments").raw(turn.arguments).endObject().endObject().endArray().endObject();
        json.beginObject().member("role", "tool").member("tool_name", turn.tool);
        json.member("content", turn.result).endObject();
    }
    message("user", talk.last);
    json.endArray().key("tools").beginArray();
    for (const Tool &tool : talk.tools)
        writeChatTool(json, tool);
    json.endArray().key("options").beginObject().member("temperature", 0.2).endObject().endObject();
    return std::move(json).text();
}

QByteArray smallChatBody()
{
    Talk talk{.system = "Be brief.", .turns = {}, .last = {}, .tools = {}};
    talk.last = QByteArray(kSmallBytes - chatBody(talk).size(), 'x');
    return chatBody(talk);
}

} // namespace lunargate::bench
