// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/error_reader.h"

#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/providers/upstream_errors.h"

#include <algorithm>

namespace lunargate::openai {

namespace {

// Codes are strings with OpenAI, numbers with others.
QByteArray scalarText(json::Value value)
{
    if (value.isString())
        return value.toByteArray();
    const std::optional<qint64> number = value.integer();
    return number ? QByteArray::number(*number) : QByteArray();
}

// FastAPI servers: `detail` is a text, or a list of {"loc": …, "msg": …}.
QByteArray detailText(json::Value detail)
{
    if (detail.isString())
        return detail.toByteArray();
    QByteArray text;
    for (const json::Value problem : detail.elements()) {
        if (!text.isEmpty())
            text += "; ";
        text += problem["msg"].string();
    }
    return text;
}

// "The conversation is too long" in the words of services that have no code for it: OpenAI before it had one, vLLM,
// DeepSeek, OpenRouter; xAI; llama.cpp; Fireworks; Together.
bool saysTooLong(const QByteArray &message)
{
    constexpr QByteArrayView kPhrases[] = {"maximum context length",  "maximum prompt length",
                                           "available context size",  "prompt is too long",
                                           "tokens + max_new_tokens", "tokens + `max_new_tokens`"};
    return std::ranges::any_of(kPhrases, [&](QByteArrayView phrase) { return message.contains(phrase); });
}

Refusal refusalOf(json::Value object, const QByteArray &message)
{
    const json::Value metadata = object["metadata"]; // OpenRouter
    const QByteArrayView type = metadata["error_type"].string();
    if (type == "context_length_exceeded" || saysTooLong(message))
        return Refusal::ContextLength;
    const bool isFiltered = type == "content_policy_violation" || metadata["flagged_input"].exists() ||
                            object["innererror"]["code"].string() == "ResponsibleAIPolicyViolation"; // Azure
    return isFiltered ? Refusal::ContentFilter : Refusal::None;
}

struct Extracted : ProviderComplaint
{
    bool isOpenAiShape = false; // clients can read the body as it is
};

ProviderComplaint complaintOf(json::Value object)
{
    QByteArray message = object["message"].toByteArray();
    const Refusal refusal = refusalOf(object, message);
    return {.message = std::move(message),
            .type = object["type"].toByteArray(),
            .code = scalarText(object["code"]),
            .param = object["param"].toByteArray(),
            .refusal = refusal};
}

Extracted extract(json::Value root)
{
    if (root.isArray()) // Gemini's compatible endpoint wraps the object
        root = root.at(0);
    const json::Value error = root["error"];
    if (error.isObject())
        return {complaintOf(error), error["message"].isString()};
    Extracted result{complaintOf(root)};
    const json::Value message = root["message"];
    if (error.isString())
        result.message = error.toByteArray();
    else if (message.isObject())
        result.message = detailText(message["detail"]);
    if (result.message.isEmpty())
        result.message = detailText(root["detail"]);
    if (saysTooLong(result.message))
        result.refusal = Refusal::ContextLength;
    return result;
}

// The provider's own error object, with what OpenAI's clients expect to be there.
QByteArray withMissingMembers(QByteArray body, const Error &error)
{
    const std::vector<json::Member> members = json::membersOf(body, json::wholeValue(body));
    const json::Member *object = json::find(members, "error");
    if (!object || !object->value.of(body).startsWith('{'))
        return {}; // there are two, or a key was blotted out of the name: no object for clients any more
    const std::vector<json::Member> own = json::membersOf(body, object->value);
    json::Splice splice(body);
    if (!json::find(own, "type"))
        splice.set(object->value, own, "type", json::quoted(errorType(error)));
    for (const char *key : {"param", "code"}) {
        if (!json::find(own, key))
            splice.set(object->value, own, key, "null");
    }
    return splice.result();
}

} // namespace

UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const Extracted extracted = document ? extract(document->root()) : Extracted();
    UpstreamFailure failure = errorAnswer(head, body, extracted, key);
    if (extracted.isOpenAiShape && document->root().isObject())
        failure.body = withMissingMembers(withoutKey(key, body.toByteArray()), failure.error);
    return failure;
}

UpstreamFailure readErrorObject(json::Value error, int status, const SecretString &key)
{
    ProviderComplaint complaint = complaintOf(error);
    if (complaint.message.isEmpty())
        complaint.message = error.toByteArray();
    // OpenRouter and others put the HTTP status they mean into `code`.
    if (const int code = complaint.code.toInt(); status == 0 && code >= 400 && code <= 599)
        status = code;
    return {.error = errorInside(complaint, status, key), .fromProvider = true};
}

} // namespace lunargate::openai
