// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/error_reader.h"

namespace lunargate::ollama {

namespace {

// Clients find out by OpenAI's code that they have to shorten the conversation; Ollama has only words for it.
QByteArray codeFor(QByteArrayView message)
{
    const bool isTooLong = message.contains("exceeds the context length") ||
                           message.contains("exceeds maximum context length") ||
                           message.contains("exceeded max context length");
    return isTooLong ? "context_length_exceeded" : QByteArray();
}

} // namespace

std::optional<ProviderComplaint> readComplaint(json::Value object)
{
    const json::Value error = object["error"];
    if (error.isObject()) {
        return ProviderComplaint{.message = error["message"].toByteArray(),
                                 .type = error["type"].toByteArray(),
                                 .code = error["code"].toByteArray(),
                                 .param = error["param"].toByteArray()};
    }
    if (error.string().isEmpty())
        return std::nullopt;
    return ProviderComplaint{.message = error.toByteArray(), .code = codeFor(error.string())};
}

UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const std::optional<ProviderComplaint> complaint = document ? readComplaint(document->root()) : std::nullopt;
    UpstreamFailure failure = errorAnswer(head, body, complaint.value_or(ProviderComplaint()), key);
    if (complaint && document->root()["error"].isString()) {
        failure.body = withoutKey(key, body.toByteArray());
        failure.protocol = ChatProtocol::Ollama;
    }
    return failure;
}

} // namespace lunargate::ollama
