// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/answer_reader.h"

#include "gateway/providers/gemini/error_reader.h"
#include "gateway/providers/upstream_errors.h"

namespace lunargate::gemini {

namespace {

void add(Completion &completion, ChatDelta delta)
{
    completion.text += delta.text;
    completion.reasoning += delta.reasoning;
    completion.refusal += delta.refusal;
    if (!delta.reasoningDetail.isEmpty())
        completion.reasoningDetails.push_back(std::move(delta.reasoningDetail));
    if (!delta.annotation.isEmpty())
        completion.annotations.push_back(std::move(delta.annotation));
    if (delta.toolCall) {
        completion.toolCalls.push_back({.id = std::move(delta.toolCall->id),
                                        .name = std::move(delta.toolCall->name),
                                        .arguments = std::move(delta.toolCall->arguments),
                                        .extraContent = std::move(delta.toolCall->extraContent)});
    }
    completion.finishReason = delta.finishReason.value_or(completion.finishReason);
}

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readAnswer(const QByteArray &body, ResponseReader reader,
                                                       const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document)
        return invalidAnswer("it is not JSON");
    if (const json::Value error = errorObject(document->root()); error.exists())
        return std::unexpected(UpstreamFailure{.error = readErrorObject(error, key), .fromProvider = true});
    Completion completion;
    const DeltaSink sink = [&completion](ChatDelta delta, DeltaKind) { add(completion, std::move(delta)); };
    if (!reader.read(document->root(), sink))
        return invalidAnswer("it is no GenerateContentResponse");
    if (Result<void> concluded = reader.conclude(sink, false); !concluded)
        return std::unexpected(UpstreamFailure{.error = std::move(concluded.error()), .fromProvider = true});
    completion.id = reader.id();
    completion.model = reader.model();
    return ModelAnswer{.body = {}, .completion = std::move(completion), .usage = reader.usage()};
}

} // namespace lunargate::gemini
