// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/call_reader.h"

#include "gateway/dialects/json_body.h"
#include "gateway/dialects/ollama/chat_body.h"
#include "gateway/dialects/ollama/message_writer.h"
#include "gateway/dialects/ollama/stream_writer.h"
#include "gateway/dialects/openai_chat/request_reader.h"

#include <QDateTime>

#include <algorithm>

namespace lunargate::ollama_api {

namespace {

using Kind = AnswerForm::Kind;

constexpr QByteArrayView kReadMembers[] = {
    "model",  "messages", "tools", "prompt", "system",   "suffix",   "images", "raw",          "template",   "context",
    "format", "options",  "think", "stream", "truncate", "logprobs", "shift",  "top_logprobs", "keep_alive",
};

// The first only of chats: a prompt and its pictures are a message otherwise.
constexpr FieldName kFields[] = {
    {"messages", "messages"},
    {"tools", "tools", true},
    {"max_tokens", "options.num_predict"},
    {"max_completion_tokens", "options.num_predict"},
    {"stop", "options.stop"},
    {"temperature", "options.temperature"},
    {"top_p", "options.top_p"},
    {"top_k", "options.top_k"},
    {"seed", "options.seed"},
    {"presence_penalty", "options.presence_penalty"},
    {"frequency_penalty", "options.frequency_penalty"},
    {"response_format", "format"},
    {"reasoning_effort", "think"},
    {"logprobs", "logprobs"},
    {"top_logprobs", "top_logprobs"},
    {"model", "model"},
    {"stream", "stream"},
};

/// A call whose answers go out in Ollama's protocol.
class OllamaCall final : public ClientCall
{
public:
    OllamaCall(ChatRequest asked, AnswerForm form) : ClientCall(std::move(asked)), m_form(std::move(form))
    {
        const std::span<const FieldName> all(kFields);
        fieldNames = m_form.kind == Kind::Chat ? all : all.subspan(1);
    }

    QByteArray answerBody(ModelAnswer &answer, const AnswerFacts &facts) override
    {
        if (!answer.body.isEmpty() || !answer.completion)
            return std::move(answer.body);
        return ollama_api::answerBody(*answer.completion, answer.usage, m_form, facts);
    }

    std::unique_ptr<lunargate::StreamWriter> streamWriter(const AnswerFacts &facts) override
    {
        return std::make_unique<StreamWriter>(m_form, facts);
    }

private:
    const AnswerForm m_form;
};

Result<JsonBody> readBody(QByteArrayView body, int maxJsonDepth)
{
    Result<JsonBody> read = readJsonBody(body, maxJsonDepth);
    if (!read)
        return read;
    if (Result<void> unique = checkUnique(read->members, kReadMembers); !unique)
        return std::unexpected(std::move(unique.error()));
    const json::Value model = read->document.root()["model"];
    if (!isAbsent(model) && !model.isString())
        return refusedBody("invalid_type", "'model' must be a string", "model");
    const json::Value stream = read->document.root()["stream"];
    if (!isAbsent(stream) && !stream.isBool())
        return refusedBody("invalid_type", "'stream' must be true or false", "stream");
    return read;
}

Result<void> checkText(json::Value root, const char *name)
{
    if (const json::Value value = root[name]; !isAbsent(value) && !value.isString())
        return refusedBody("invalid_type", QByteArray("'") + name + "' must be a string", name);
    return {};
}

void writeModel(ChatBody &body, json::Value root, const ModelMeant &modelMeant)
{
    body.json.beginObject();
    if (const QByteArrayView model = root["model"].string(); !model.isEmpty())
        body.json.member("model", modelMeant(model));
}

Result<void> writeTools(ChatBody &body, json::Value tools)
{
    if (!isAbsent(tools) && !tools.isArray())
        return refusedBody("invalid_type", "'tools' must be an array", "tools");
    if (tools.size() > 0)
        body.json.member("tools", tools);
    return {};
}

Result<void> writePrompt(ChatBody &body, json::Value root)
{
    body.json.key("messages").beginArray();
    if (const QByteArrayView system = root["system"].string(); !system.isEmpty())
        body.json.beginObject().member("role", "system").key("content").value(root["system"]).endObject();
    body.json.beginObject().member("role", "user").key("content");
    if (Result<void> written = writeContent(body.json, root["prompt"], root["images"], "images"); !written)
        return written;
    body.json.endObject().endArray();
    return {};
}

// What makes of a prompt something else than a turn of a conversation.
void refuseTemplates(ChatBody &body, json::Value root)
{
    if (!root["suffix"].string().isEmpty())
        body.refuse("suffix", "filling in the middle");
    if (root["raw"].boolean() == true)
        body.refuse("raw", "prompts without a template");
    if (!root["template"].string().isEmpty())
        body.refuse("template", "templates");
    if (root["context"].size() > 0)
        body.refuse("context", "conversations as token numbers");
}

ReadCall finishedCall(ChatBody written, QByteArray bytes, JsonBody body, Kind kind)
{
    const bool isChat = kind == Kind::Chat;
    AnswerForm form{
        .kind = kind, .model = body.document.root()["model"].toByteArray(), .showsThinking = written.showsThinking};
    ChatRequest request = openai_chat::writtenRequest(std::move(written.json.endObject()).finish());
    request.foreignMembers = std::move(written.foreignMembers);
    request.untranslatable = std::move(written.untranslatable);
    request.native = NativeRequest{.protocol = ChatProtocol::Ollama,
                                   .path = isChat ? QByteArrayLiteral("/api/chat") : QByteArrayLiteral("/api/generate"),
                                   .body = std::move(bytes),
                                   .object = body.object,
                                   .members = std::move(body.members),
                                   .document = std::move(body.document),
                                   .headers = {},
                                   .query = {}};
    return {.call = std::make_unique<OllamaCall>(std::move(request), std::move(form))};
}

// For those who route: a body without what cannot be said.
ChatBody bareBody(json::Value root, const ModelMeant &modelMeant)
{
    ChatBody bare;
    writeModel(bare, root, modelMeant);
    bare.json.key("messages").beginArray().endArray();
    writeStream(bare, root["stream"]);
    return bare;
}

// A duration as Go writes it (`0`, `0s`, `0m0s`) whose numbers are all 0.
bool isZeroDuration(QByteArrayView text)
{
    const auto isPart = [](char c) { return c == '0' || c == '.' || c == '+' || c == '-' || (c >= 'a' && c <= 'z'); };
    return text.contains('0') && std::ranges::all_of(text, isPart);
}

// `keep_alive: 0`, in whatever unit, is how clients have a model unloaded.
ReadCall loadCall(QByteArray bytes, JsonBody body, Kind kind, const ModelMeant &modelMeant)
{
    const json::Value root = body.document.root();
    const json::Value keepAlive = root["keep_alive"];
    const bool isUnload = keepAlive.number() == 0.0 || isZeroDuration(keepAlive.string());
    QByteArray answer =
        loadAnswer({.kind = kind, .model = root["model"].toByteArray()}, isUnload, QDateTime::currentSecsSinceEpoch());
    ReadCall read = finishedCall(bareBody(root, modelMeant), std::move(bytes), std::move(body), kind);
    read.loadAnswer = std::move(answer);
    return read;
}

/// `written` is the chat form, or why there is none.
ReadCall writtenCall(ChatBody chat, const Result<void> &written, QByteArray bytes, JsonBody body, Kind kind,
                     const ModelMeant &modelMeant)
{
    if (written)
        return finishedCall(std::move(chat), std::move(bytes), std::move(body), kind);
    ChatBody bare = bareBody(body.document.root(), modelMeant);
    bare.untranslatable = written.error();
    return finishedCall(std::move(bare), std::move(bytes), std::move(body), kind);
}

} // namespace

Result<ReadCall> readChatCall(QByteArray bytes, int maxJsonDepth, const ModelMeant &modelMeant)
{
    Result<JsonBody> body = readBody(bytes, maxJsonDepth);
    if (!body)
        return std::unexpected(std::move(body.error()));
    const json::Value root = body->document.root();
    const json::Value messages = root["messages"];
    if (!isAbsent(messages) && !messages.isArray())
        return refusedBody("invalid_type", "'messages' must be an array", "messages");
    if (messages.size() == 0)
        return loadCall(std::move(bytes), *std::move(body), Kind::Chat, modelMeant);

    ChatBody chat{.json = json::DocumentWriter(root)};
    writeModel(chat, root, modelMeant);
    chat.json.key("messages");
    const Result<void> written =
        writeMessages(chat.json, messages).and_then([&] { return writeTools(chat, root["tools"]); }).and_then([&] {
            return writeSharedMembers(chat, root);
        });
    return writtenCall(std::move(chat), written, std::move(bytes), *std::move(body), Kind::Chat, modelMeant);
}

Result<ReadCall> readGenerateCall(QByteArray bytes, int maxJsonDepth, const ModelMeant &modelMeant)
{
    Result<JsonBody> body = readBody(bytes, maxJsonDepth);
    if (!body)
        return std::unexpected(std::move(body.error()));
    const json::Value root = body->document.root();
    for (const char *name : {"prompt", "system", "suffix", "template"}) {
        if (Result<void> checked = checkText(root, name); !checked)
            return std::unexpected(std::move(checked.error()));
    }
    if (root["prompt"].string().isEmpty() && root["suffix"].string().isEmpty() && root["images"].size() == 0)
        return loadCall(std::move(bytes), *std::move(body), Kind::Generate, modelMeant);

    ChatBody chat{.json = json::DocumentWriter(root)};
    writeModel(chat, root, modelMeant);
    refuseTemplates(chat, root);
    const Result<void> written = writePrompt(chat, root).and_then([&] { return writeSharedMembers(chat, root); });
    return writtenCall(std::move(chat), written, std::move(bytes), *std::move(body), Kind::Generate, modelMeant);
}

} // namespace lunargate::ollama_api
