// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/error_reader.h"

#include "gateway/providers/upstream_errors.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

struct ErrorType
{
    QByteArrayView type;
    int status = 0;
};
constexpr ErrorType kTypes[] = {
    {"invalid_request_error", 400}, {"authentication_error", 401}, {"billing_error", 402},    {"permission_error", 403},
    {"not_found_error", 404},       {"request_too_large", 413},    {"rate_limit_error", 429}, {"api_error", 500},
    {"timeout_error", 504},         {"overloaded_error", 529},
};

int statusOf(QByteArrayView type)
{
    const auto found = std::ranges::find(kTypes, type, &ErrorType::type);
    return found == std::end(kTypes) ? 500 : found->status;
}

// Clients find out by OpenAI's code that they have to shorten the conversation; Anthropic has only words for it.
QByteArray codeFor(QByteArrayView message)
{
    const bool isTooLong = message.contains("prompt is too long") || message.contains("exceed context limit");
    return isTooLong ? "context_length_exceeded" : QByteArray();
}

ProviderComplaint complaintOf(json::Value root)
{
    const json::Value error = root["error"];
    ProviderComplaint complaint{.message = error["message"].toByteArray(), .type = error["type"].toByteArray()};
    // Proxies in between have forms of their own.
    if (complaint.message.isEmpty())
        complaint.message = error.isString() ? error.toByteArray() : root["message"].toByteArray();
    complaint.code = codeFor(complaint.message);
    return complaint;
}

} // namespace

UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    UpstreamFailure failure =
        errorAnswer(head, body, document ? complaintOf(document->root()) : ProviderComplaint(), key);
    failure.protocol = ChatProtocol::AnthropicMessages;
    // Clients look for known words in it, so that theirs get it as it is.
    if (document && document->root()["type"].string() == "error" && document->root()["error"]["message"].isString())
        failure.body = withoutKey(key, body.toByteArray());
    return failure;
}

Error readErrorObject(json::Value root, const SecretString &key)
{
    const ProviderComplaint complaint = complaintOf(root);
    return errorInside(complaint, statusOf(complaint.type), key);
}

bool isErrorObject(json::Value root)
{
    const json::Value type = root["type"];
    const json::Value error = root["error"];
    return type.string() == "error" || (!type.exists() && error.exists() && !error.isNull());
}

} // namespace lunargate::anthropic
