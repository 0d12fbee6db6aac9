// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/native_call.h"

#include "gateway/providers/anthropic/answer_reader.h"
#include "gateway/providers/anthropic/error_reader.h"
#include "gateway/providers/anthropic/stream_reader.h"
#include "gateway/providers/anthropic/tool_writer.h"
#include "gateway/providers/native_stream.h"

namespace lunargate::anthropic {

std::expected<ModelAnswer, UpstreamFailure> NativeCall::readAnswer(QByteArray body)
{
    std::expected<ModelAnswer, UpstreamFailure> answer = anthropic::readAnswer(body, toolNames(), m_key);
    if (answer)
        answer->body = std::move(body);
    return answer;
}

std::unique_ptr<ChatStreamReader> NativeCall::streamReader()
{
    return std::make_unique<NativeStream<StreamReader>>(toolNames(), m_key, StreamReader::Use::NativeEvents);
}

std::expected<ModelAnswer, UpstreamFailure> TokenCountCall::readAnswer(QByteArray body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    if (isErrorObject(document->root()))
        return std::unexpected(
            UpstreamFailure{.error = readErrorObject(document->root(), m_key), .fromProvider = true});
    if (!document->root()["input_tokens"].integer())
        return invalidAnswer("it has no input_tokens");
    return ModelAnswer{.body = std::move(body)};
}

} // namespace lunargate::anthropic
