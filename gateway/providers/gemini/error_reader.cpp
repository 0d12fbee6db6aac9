// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/error_reader.h"

#include "gateway/providers/upstream_errors.h"
#include "gateway/resilience/retry_hints.h"

namespace lunargate::gemini {

namespace {

// The element of `details` whose type ends with `name`, for example google.rpc.RetryInfo.
json::Value detailOf(json::Value error, QByteArrayView name)
{
    for (const json::Value detail : error["details"].elements()) {
        if (detail["@type"].string().endsWith(name))
            return detail;
    }
    return {};
}

bool isInvalidKey(json::Value error)
{
    return detailOf(error, "google.rpc.ErrorInfo")["reason"].string() == "API_KEY_INVALID" ||
           error["message"].string().startsWith("API key not valid");
}

// A wrong key is answered with 400, which says that the request is at fault.
int statusOf(json::Value error, int status)
{
    return status == 400 && isInvalidKey(error) ? 401 : status;
}

QByteArray codeOf(json::Value error)
{
    if (error["message"].string().contains("exceeds the maximum number of tokens"))
        return "context_length_exceeded";
    return detailOf(error, "google.rpc.ErrorInfo")["reason"].toByteArray();
}

ProviderComplaint complaintOf(json::Value error)
{
    return {.message = error.isString() ? error.toByteArray() : error["message"].toByteArray(),
            .type = error["status"].toByteArray(),
            .code = codeOf(error)};
}

// A duration of protobuf's JSON: "34.4s".
std::optional<std::chrono::milliseconds> retryDelay(json::Value error)
{
    const QByteArrayView delay = detailOf(error, "google.rpc.RetryInfo")["retryDelay"].string();
    if (!delay.endsWith('s'))
        return std::nullopt;
    return parseRetryAfter(delay.chopped(1), std::chrono::system_clock::now());
}

// No waiting helps before the day is over.
bool isDailyQuota(json::Value error)
{
    for (const json::Value violation : detailOf(error, "google.rpc.QuotaFailure")["violations"].elements()) {
        if (violation["quotaId"].string().contains("PerDay"))
            return true;
    }
    return false;
}

} // namespace

UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value error = document ? errorObject(document->root()) : json::Value();
    UpstreamHead meant = head;
    meant.status = statusOf(error, head.status);
    UpstreamFailure failure = errorAnswer(meant, body, complaintOf(error), key);
    if (!failure.error.retryAfter)
        failure.error.retryAfter = retryDelay(error);
    if (isDailyQuota(error))
        failure.shouldRetry = false;
    return failure;
}

json::Value errorObject(json::Value root)
{
    const json::Value error = (root.isArray() ? root.at(0) : root)["error"];
    return error.isNull() ? json::Value() : error;
}

Error readErrorObject(json::Value error, const SecretString &key)
{
    const qint64 code = error["code"].integer().value_or(0);
    const int status = code >= 400 && code <= 599 ? static_cast<int>(code) : 0;
    Error result = errorInside(complaintOf(error), statusOf(error, status), key);
    result.retryAfter = retryDelay(error);
    return result;
}

} // namespace lunargate::gemini
