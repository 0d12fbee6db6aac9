// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/error_reader.h"

#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/resilience/retry_hints.h"

namespace lunargate::openai {

namespace {

// A page of HTML or a stack trace says what it has to say in its beginning.
constexpr qsizetype kMaxRawText = 2048;

// A key that short is a placeholder (`none`, `x`), and would blot out innocent words, as in the log.
constexpr qsizetype kShortestSecret = 6;

QByteArray without(const SecretString &key, QByteArray text)
{
    return key.reveal().size() < kShortestSecret ? text : text.replace(key.reveal(), "***");
}

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

struct Extracted
{
    QByteArray message, type, code, param;
    bool isOpenAiShape = false; // clients can read the body as it is
};

Extracted extract(json::Value root)
{
    if (root.isArray()) // Gemini's compatible endpoint wraps the object
        root = root.at(0);
    const json::Value error = root["error"];
    if (error.isObject()) {
        return {.message = error["message"].toByteArray(),
                .type = error["type"].toByteArray(),
                .code = scalarText(error["code"]),
                .param = error["param"].toByteArray(),
                .isOpenAiShape = error["message"].isString()};
    }
    if (error.isString())
        return {.message = error.toByteArray(), .type = {}, .code = scalarText(root["code"]), .param = {}};
    const json::Value message = root["message"];
    QByteArray text = message.isObject() ? detailText(message["detail"]) : message.toByteArray();
    if (text.isEmpty())
        text = detailText(root["detail"]);
    return {.message = text,
            .type = root["type"].toByteArray(),
            .code = scalarText(root["code"]),
            .param = root["param"].toByteArray()};
}

QByteArray rawText(QByteArrayView body)
{
    return body.first(std::min(body.size(), kMaxRawText)).trimmed().toByteArray();
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

Error toError(const Extracted &extracted, int status, const SecretString &key)
{
    return {.kind = status == 0 ? ErrorKind::UpstreamProtocol : ErrorKind::UpstreamStatus,
            .reason = "upstream_error",
            .message = without(key, extracted.message),
            .param = without(key, extracted.param),
            .upstreamStatus = status,
            .upstreamType = without(key, extracted.type),
            .upstreamCode = without(key, extracted.code)};
}

} // namespace

UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    Extracted extracted;
    if (document)
        extracted = extract(document->root());
    if (extracted.message.isEmpty())
        extracted.message = rawText(body);
    if (extracted.message.isEmpty())
        extracted.message = "provider returned status " + QByteArray::number(head.status);

    const RetryHints hints = readRetryHints(head.headers, std::chrono::system_clock::now());
    UpstreamFailure failure{.error = toError(extracted, head.status, key),
                            .headers = head.headers,
                            .shouldRetry = hints.shouldRetry,
                            .fromProvider = true};
    failure.error.retryAfter = hints.retryAfter;
    if (extracted.isOpenAiShape && document->root().isObject())
        failure.body = withMissingMembers(without(key, body.toByteArray()), failure.error);
    return failure;
}

UpstreamFailure readErrorObject(json::Value error, int status, const SecretString &key)
{
    Extracted extracted{.message = error["message"].toByteArray(),
                        .type = error["type"].toByteArray(),
                        .code = scalarText(error["code"]),
                        .param = error["param"].toByteArray()};
    if (extracted.message.isEmpty())
        extracted.message = error.isString() ? error.toByteArray() : QByteArray("the provider reported an error");
    // OpenRouter and others put the HTTP status they mean into `code`.
    if (const int code = extracted.code.toInt(); status == 0 && code >= 400 && code <= 599)
        status = code;
    return {.error = toError(extracted, status, key), .fromProvider = true};
}

} // namespace lunargate::openai
