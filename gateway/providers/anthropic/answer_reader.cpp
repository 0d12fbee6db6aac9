// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/answer_reader.h"

#include "gateway/chat/reasoning_detail.h"
#include "gateway/json/writer.h"
#include "gateway/providers/anthropic/error_reader.h"
#include "gateway/providers/anthropic/stop_reason.h"
#include "gateway/providers/anthropic/usage_reader.h"
#include "gateway/providers/anthropic/web_citation.h"
#include "gateway/providers/upstream_errors.h"

namespace lunargate::anthropic {

namespace {

void addDetail(Completion &completion, QByteArray detail)
{
    if (!detail.isEmpty())
        completion.reasoningDetails.push_back(std::move(detail));
}

void readText(Completion &completion, json::Value block)
{
    const json::Value citations = block["citations"];
    const qint64 begin = citations.size() > 0 ? characterCount(completion.text) : 0;
    const qint64 end = begin + (citations.size() > 0 ? characterCount(block["text"].string()) : 0);
    completion.text.append(block["text"].string());
    for (const json::Value citation : citations.elements()) {
        if (QByteArray annotation = webCitation(citation, begin, end); !annotation.isEmpty())
            completion.annotations.push_back(std::move(annotation));
    }
}

// Blocks of other types are the inner affairs of Anthropic's own tools.
void readBlock(Completion &completion, json::Value block, const ToolNames &names)
{
    const QByteArrayView type = block["type"].string();
    const int details = static_cast<int>(completion.reasoningDetails.size());
    if (type == "text") {
        readText(completion, block);
    } else if (type == "thinking") {
        completion.reasoning.append(block["thinking"].string());
        addDetail(completion,
                  thoughtDetail(block["thinking"].toByteArray(), block["signature"].toByteArray(), details));
    } else if (type == "redacted_thinking") {
        addDetail(completion, redactedDetail(block, details));
    } else if (type == "tool_use") {
        const json::Value input = block["input"];
        completion.toolCalls.push_back(
            {.id = callId(block, completion.id, static_cast<int>(completion.toolCalls.size())),
             .name = names.toClient(block["name"].string()),
             .arguments = input.isObject() ? json::toText(input) : QByteArrayLiteral("{}")});
    }
}

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArrayView body, const ToolNames &names,
                                                       const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    const json::Value root = document->root();
    if (isErrorObject(root))
        return std::unexpected(UpstreamFailure{.error = readErrorObject(root, key), .fromProvider = true});
    if (!root["content"].isArray())
        return invalidAnswer("it has no content");
    Completion completion;
    completion.id = root["id"].toByteArray();
    completion.model = root["model"].toByteArray();
    for (const json::Value block : root["content"].elements())
        readBlock(completion, block, names);
    completion.refusal = refusalText(root["stop_reason"], root["stop_details"]);
    completion.finishReason = finishReason(root["stop_reason"].string(), !completion.toolCalls.empty());
    UsageReader usage;
    usage.read(root["usage"]);
    return ModelAnswer{.body = {}, .completion = std::move(completion), .usage = usage.usage()};
}

QByteArray callId(json::Value block, QByteArrayView answerId, int position)
{
    const json::Value id = block["id"];
    return id.string().isEmpty() ? "call_" + answerId.toByteArray() + '_' + QByteArray::number(position)
                                 : id.toByteArray();
}

QByteArray thoughtDetail(QByteArray text, QByteArray signature, int position)
{
    if (signature.isEmpty())
        return {}; // it would not be taken back
    return toJson({.kind = ReasoningDetail::Kind::Text,
                   .text = std::move(text),
                   .signature = std::move(signature),
                   .format = kAnthropicReasoning.toByteArray()},
                  position);
}

QByteArray redactedDetail(json::Value block, int position)
{
    const json::Value data = block["data"];
    if (data.string().isEmpty())
        return {};
    return toJson({.kind = ReasoningDetail::Kind::Encrypted,
                   .data = data.toByteArray(),
                   .format = kAnthropicReasoning.toByteArray()},
                  position);
}

} // namespace lunargate::anthropic
