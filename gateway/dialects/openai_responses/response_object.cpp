// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/response_object.h"

#include "gateway/json/text_writer.h"

#include <algorithm>
#include <cmath>

namespace lunargate::responses {

namespace {

/// A member that is repeated as it came, or told by its default.
struct Echo
{
    QByteArrayView name;
    QByteArrayView fallback; // JSON
};

constexpr Echo kEchoes[] = {
    {"background", "false"},
    {"conversation", "null"},
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},
    {"parallel_tool_calls", "true"},
    {"previous_response_id", "null"},
    {"prompt_cache_key", "null"},
    {"reasoning", R"({"effort":null,"summary":null})"},
    {"safety_identifier", "null"},
    {"temperature", "1.0"},
    {"tool_choice", R"("auto")"},
    {"tools", "[]"},
    {"top_logprobs", "0"},
    {"top_p", "1.0"},
    {"truncation", R"("disabled")"},
    {"user", "null"},
    {"metadata", "{}"},
};

void writeText(json::TextWriter &json, json::Value text)
{
    const json::Value format = text["format"];
    const json::Value verbosity = text["verbosity"];
    json.key("text").beginObject().key("format");
    if (format.isObject())
        json.value(format);
    else
        json.raw(R"({"type":"text"})");
    if (verbosity.isString())
        json.member("verbosity", verbosity);
    else
        json.member("verbosity", "medium");
    json.endObject();
}

void writeUsage(json::TextWriter &json, const Usage &usage)
{
    json.beginObject().member("input_tokens", usage.promptTokens()).key("input_tokens_details").beginObject();
    json.member("cached_tokens", usage.cachedInput).member("cache_write_tokens", usage.cacheWrites()).endObject();
    json.member("output_tokens", usage.completionTokens()).key("output_tokens_details").beginObject();
    json.member("reasoning_tokens", usage.reasoning).endObject();
    json.member("total_tokens", usage.totalTokens()).endObject();
}

// Codex reads from the text how long to wait ("try again in 1.3s").
QByteArray failureMessage(const Error &error)
{
    if (!error.retryAfter || error.message.contains("try again in"))
        return error.message;
    const auto seconds = std::ceil(std::chrono::duration<double>(*error.retryAfter).count());
    return error.message + " Please try again in " + QByteArray::number(qint64(seconds)) + "s.";
}

void writeError(json::TextWriter &json, const Error *error)
{
    json.key("error");
    if (!error)
        json.null();
    else
        json.beginObject().member("code", failureCode(*error)).member("message", failureMessage(*error)).endObject();
}

} // namespace

QByteArray echoedMembers(json::Value request, bool isStored)
{
    json::TextWriter json;
    json.beginObject();
    for (const Echo &echo : kEchoes) {
        const json::Value value = request[echo.name];
        if (isAbsent(value))
            json.key(echo.name).raw(echo.fallback);
        else
            json.member(echo.name, value);
    }
    const json::Value tier = request["service_tier"];
    json.member("service_tier",
                !tier.isString() || tier.string() == "auto" ? QByteArrayView("default") : tier.string());
    json.member("store", isStored);
    writeText(json, request["text"]);
    QByteArray text = std::move(json).text();
    text.front() = ',';
    return text;
}

QByteArray responseObject(const ResponseHead &head, const ResponseState &state)
{
    json::TextWriter json(head.echo.size() + state.output.size() + 512);
    json.beginObject().member("id", head.id).member("object", "response").member("created_at", head.createdAt);
    if (state.completedAt)
        json.member("completed_at", *state.completedAt);
    else
        json.key("completed_at").null();
    json.member("status", state.status);
    writeError(json, state.error);
    json.key("incomplete_details");
    if (state.incompleteReason.isEmpty())
        json.null();
    else
        json.beginObject().member("reason", state.incompleteReason).endObject();
    json.member("model", head.model).key("output").raw(state.output).key("usage");
    if (state.usage)
        writeUsage(json, *state.usage);
    else
        json.null();
    QByteArray text = std::move(json).text();
    return text.append(head.echo).append('}');
}

QByteArray failureCode(const Error &error)
{
    // Those that clients know (OpenAI API reference, `error.code`, and what Codex looks for).
    static constexpr QByteArrayView kKnown[] = {"server_error",       "rate_limit_exceeded",     "invalid_prompt",
                                                "insufficient_quota", "context_length_exceeded", "usage_not_included",
                                                "bio_policy",         "data_residency_mismatch", "cyber_policy",
                                                "invalid_image",      "server_is_overloaded",    "slow_down",
                                                "image_too_large",    "vector_store_timeout",    "invalid_image_format",
                                                "image_parse_error",  "failed_to_download_image"};
    if (error.refusal == Refusal::ContextLength)
        return "context_length_exceeded";
    if (std::ranges::contains(kKnown, QByteArrayView(error.upstreamCode)))
        return error.upstreamCode;
    if (error.kind == ErrorKind::RateLimited || error.upstreamStatus == 429)
        return "rate_limit_exceeded";
    return "server_error";
}

} // namespace lunargate::responses
