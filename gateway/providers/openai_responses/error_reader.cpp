// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/error_reader.h"

#include "gateway/providers/upstream_errors.h"

#include <algorithm>
#include <cmath>

namespace lunargate::openai_responses {

namespace {

struct Meaning
{
    QByteArrayView word; ///< an error's `code` or `type`
    int status = 0;
};

// Failures inside of an answer have no HTTP status of their own, only these words (OpenAI API reference, "Response
// object", `error.code`, and the error codes guide; the last two of the 5xx are said by ChatGPT's own service).
constexpr Meaning kMeanings[] = {
    {"insufficient_quota", 429},
    {"rate_limit_exceeded", 429},
    {"usage_limit_reached", 429},
    {"usage_not_included", 403},
    {"context_length_exceeded", 400},
    {"invalid_prompt", 400},
    {"bio_policy", 400},
    {"cyber_policy", 400},
    {"data_residency_mismatch", 400},
    {"previous_response_not_found", 400},
    {"invalid_image", 400},
    {"invalid_image_format", 400},
    {"invalid_base64_image", 400},
    {"invalid_image_url", 400},
    {"invalid_image_mode", 400},
    {"image_too_large", 400},
    {"image_too_small", 400},
    {"image_parse_error", 400},
    {"image_content_policy_violation", 400},
    {"image_file_too_large", 400},
    {"image_file_not_found", 400},
    {"unsupported_image_media_type", 400},
    {"empty_image_file", 400},
    {"failed_to_download_image", 400},
    {"invalid_api_key", 401},
    {"model_not_found", 404},
    {"server_error", 500},
    {"vector_store_timeout", 504},
    {"server_is_overloaded", 503},
    {"slow_down", 503},
    // Types
    {"invalid_request_error", 400},
    {"authentication_error", 401},
    {"permission_error", 403},
    {"not_found_error", 404},
    {"rate_limit_error", 429},
    {"requests", 429},
    {"tokens", 429},
    {"overloaded_error", 503},
};

int meaningOf(QByteArrayView word)
{
    const auto found = std::ranges::find(kMeanings, word, &Meaning::word);
    return found == std::end(kMeanings) ? 0 : found->status;
}

bool isErrorStatus(std::optional<qint64> status)
{
    return status && *status >= 400 && *status <= 599;
}

int statusOf(json::Value event, const ProviderComplaint &complaint)
{
    if (const std::optional<qint64> status = event["status"].integer(); isErrorStatus(status))
        return static_cast<int>(*status);
    if (const int number = complaint.code.toInt(); isErrorStatus(number))
        return number;
    const int byCode = meaningOf(complaint.code);
    return byCode != 0 ? byCode : meaningOf(complaint.type);
}

// "Rate limit reached for … Please try again in 1m11.054s": inside of an answer there is no Retry-After for it.
std::optional<std::chrono::milliseconds> waitIn(QByteArrayView message)
{
    constexpr QByteArrayView kPhrase = "try again in ";
    const qsizetype at = message.indexOf(kPhrase);
    if (at < 0)
        return std::nullopt;
    QByteArrayView rest = message.sliced(at + kPhrase.size());
    double milliseconds = 0;
    const auto isNumeric = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    while (!rest.isEmpty() && isNumeric(rest.front())) {
        const auto end = std::ranges::find_if_not(rest, isNumeric);
        const double number = rest.first(end - rest.begin()).toDouble();
        rest = rest.sliced(end - rest.begin()).trimmed();
        const double unit = rest.startsWith("ms") ? 1 : rest.startsWith('s') ? 1e3 : rest.startsWith('m') ? 6e4 : 0;
        milliseconds += number * unit;
        rest = unit == 0 ? QByteArrayView() : rest.sliced(unit == 1 ? 2 : 1);
    }
    constexpr double kLongest = 24 * 60 * 60 * 1e3;
    if (milliseconds <= 0 || milliseconds > kLongest)
        return std::nullopt;
    return std::chrono::milliseconds(std::llround(std::ceil(milliseconds)));
}

// `event` is where an HTTP status may stand beside the error.
Error errorOf(json::Value error, json::Value event, QByteArrayView type, const SecretString &key)
{
    ProviderComplaint complaint{.message = error.isString() ? error.toByteArray() : error["message"].toByteArray(),
                                .type = type.toByteArray(),
                                .code = error["code"].toByteArray(),
                                .param = error["param"].toByteArray()};
    if (const std::optional<qint64> number = error["code"].integer())
        complaint.code = QByteArray::number(*number);
    Error result = errorInside(complaint, statusOf(event, complaint), key);
    if (result.upstreamStatus == 429)
        result.retryAfter = waitIn(complaint.message);
    return result;
}

} // namespace

json::Value responseError(json::Value response)
{
    const json::Value error = response["error"];
    const bool isTold = (error.isObject() && error.size() > 0) || !error.string().isEmpty();
    return isTold ? error : json::Value();
}

Error readResponseFailure(json::Value response, const SecretString &key)
{
    if (const json::Value error = responseError(response); error.exists())
        return errorOf(error, json::Value(), error["type"].string(), key);
    const bool isCancelled = response["status"].string() == "cancelled";
    return errorInside({.message = isCancelled ? "the provider cancelled the answer" : QByteArray()}, 0, key);
}

Error readErrorEvent(json::Value event, const SecretString &key)
{
    if (const json::Value error = responseError(event); error.exists())
        return errorOf(error, event, error["type"].string(), key);
    return errorOf(event, event, {}, key); // its own type is `error`, which says nothing
}

} // namespace lunargate::openai_responses
