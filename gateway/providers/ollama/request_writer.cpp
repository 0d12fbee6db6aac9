// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/request_writer.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/ollama/message_writer.h"
#include "gateway/providers/ollama/options_writer.h"
#include "gateway/providers/ollama/think.h"
#include "gateway/providers/ollama/tool_use.h"

namespace lunargate::ollama {

namespace {

/// Parameters of Ollama's own, which clients add to a chat request of OpenAI's form.
constexpr QByteArrayView kOwnParameters[] = {"keep_alive", "truncate", "shift"};

void writeFormat(json::TextWriter &json, const ResponseFormat &format)
{
    using Kind = ResponseFormat::Kind;
    if (format.kind == Kind::Text)
        return;
    if (format.kind == Kind::JsonSchema && format.schema.exists())
        json.member("format", format.schema);
    else
        json.member("format", "json");
}

} // namespace

Result<WrittenRequest> writeChatRequest(const Conversation &conversation, const QByteArray &model, bool stream,
                                        const ProviderConfig &provider)
{
    const Result<ToolUse> use = chooseTools(conversation, provider.id);
    if (!use)
        return std::unexpected(use.error());
    ParameterUse parameters(conversation);
    const Result<QByteArray> options = writeOptions(conversation, parameters, provider);
    if (!options)
        return std::unexpected(options.error());

    WrittenRequest request;
    json::TextWriter json = json::TextWriter::forBody(conversation.bodyBytes);
    json.beginObject().member("model", model);
    json.member("stream", stream); // always: Ollama streams unless it is told not to
    json.key("messages");
    if (const Result<void> written = writeMessages(json, conversation.messages, use->instruction, provider.id);
        !written)
        return std::unexpected(written.error());
    if (!use->tools.empty())
        writeTools(json.key("tools"), use->tools);
    writeFormat(json, conversation.format);
    if (!options->isEmpty())
        json.key("options").raw(*options);
    if (const QByteArrayView level = think(conversation, parameters, provider, request.droppedParams); !level.isEmpty())
        json.key("think").raw(level);
    for (const QByteArrayView name : kOwnParameters) {
        if (const json::Value value = parameters.take(name); value.exists())
            json.member(name, value);
    }
    request.body = std::move(json.endObject()).text();

    if (conversation.parallelToolCalls == false)
        request.droppedParams.emplace_back("parallel_tool_calls");
    const Result<std::vector<QByteArray>> left = parameters.leftOver(provider.id);
    if (!left)
        return std::unexpected(left.error());
    request.droppedParams.insert(request.droppedParams.end(), left->begin(), left->end());
    return request;
}

} // namespace lunargate::ollama
