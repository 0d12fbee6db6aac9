// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/chat_body.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"

#include <algorithm>

namespace lunargate::ollama_api {

namespace {

// Ollama documentation, "Modelfile", "Valid Parameters and Values".
constexpr QByteArrayView kNumbersOfOpenAi[] = {"temperature", "top_p", "presence_penalty", "frequency_penalty"};
constexpr QByteArrayView kNumbersOfOthers[] = {"top_k",          "min_p",         "typical_p", "num_ctx",
                                               "repeat_penalty", "repeat_last_n", "num_keep"};
constexpr QByteArrayView kReadOptions[] = {"seed", "stop", "num_predict"};

/// Members that matter to a server which runs models itself.
constexpr QByteArrayView kServerMembers[] = {"keep_alive", "truncate", "shift"};

QByteArray option(QByteArrayView name)
{
    return "options." + name.toByteArray();
}

Result<void> writeFormat(ChatBody &body, json::Value format)
{
    if (isAbsent(format) || (format.isString() && format.string().isEmpty()))
        return {};
    if (format.string() == "json") {
        body.json.key("response_format").beginObject().member("type", "json_object").endObject();
        return {};
    }
    if (!format.isObject())
        return invalidValue("format", "must be \"json\" or a JSON schema");
    body.json.key("response_format").beginObject().member("type", "json_schema");
    body.json.key("json_schema").beginObject().member("name", "answer").member("schema", format);
    body.json.endObject().endObject();
    return {};
}

Result<void> writeNumbers(ChatBody &body, json::Value options)
{
    const auto isNumberOrAbsent = [](json::Value value) { return isAbsent(value) || value.isNumber(); };
    for (const QByteArrayView name : kNumbersOfOpenAi) {
        const json::Value value = options[name];
        if (!isNumberOrAbsent(value))
            return invalidValue(option(name), "must be a number");
        if (!isAbsent(value))
            body.json.member(name, value);
    }
    for (const QByteArrayView name : kNumbersOfOthers) {
        if (!isNumberOrAbsent(options[name]))
            return invalidValue(option(name), "must be a number");
        body.addForeign(name, options[name]);
    }
    if (const json::Value seed = options["seed"]; !isAbsent(seed)) {
        if (!seed.wholeNumber())
            return invalidValue(option("seed"), "must be a whole number");
        body.json.member("seed", *seed.wholeNumber());
    }
    if (const json::Value limit = options["num_predict"]; !isAbsent(limit)) {
        if (!limit.wholeNumber())
            return invalidValue(option("num_predict"), "must be a whole number");
        if (*limit.wholeNumber() > 0) // below there is no limit
            body.json.member("max_tokens", *limit.wholeNumber());
    }
    return {};
}

Result<void> writeStop(ChatBody &body, json::Value stop)
{
    if (isAbsent(stop) || (stop.isString() && stop.string().isEmpty()) || (stop.isArray() && stop.size() == 0))
        return {};
    const bool isText = stop.isString();
    const auto isNoText = [](json::Value text) { return !text.isString(); };
    bool isWrong = !isText && !stop.isArray();
    for (const json::Value text : stop.elements())
        isWrong = isWrong || isNoText(text);
    if (isWrong)
        return invalidValue(option("stop"), "must be a string or an array of strings");
    body.json.key("stop").beginArray();
    if (isText)
        body.json.value(stop);
    for (const json::Value text : stop.elements())
        body.json.value(text);
    body.json.endArray();
    return {};
}

bool isReadOption(QByteArrayView name)
{
    return std::ranges::contains(kNumbersOfOpenAi, name) || std::ranges::contains(kNumbersOfOthers, name) ||
           std::ranges::contains(kReadOptions, name);
}

Result<void> writeOptions(ChatBody &body, json::Value options)
{
    if (isAbsent(options))
        return {};
    if (!options.isObject())
        return invalidValue("options", "must be an object");
    if (Result<void> written = writeNumbers(body, options); !written)
        return written;
    if (Result<void> written = writeStop(body, options["stop"]); !written)
        return written;
    for (const auto [name, value] : options.members()) {
        if (!isReadOption(name))
            body.addForeign(option(name), value);
    }
    return {};
}

// true leaves the effort to the model; most call the middle `medium`. What lies beyond OpenAI's scale is its end.
Result<void> writeThink(ChatBody &body, json::Value think)
{
    if (isAbsent(think))
        return {};
    if (think.boolean() == false) {
        body.showsThinking = false;
        // Programs say so to every model, also to those that cannot think: not as `reasoning_effort`, which these
        // refuse.
        body.json.key("reasoning").beginObject().member("enabled", false).endObject();
        return {};
    }
    static constexpr QByteArrayView kLevels[] = {"low", "medium", "high"};
    const QByteArrayView level = think.boolean() == true   ? QByteArrayView("medium")
                                 : think.string() == "max" ? QByteArrayView("high")
                                                           : think.string();
    if (!std::ranges::contains(kLevels, level))
        return invalidValue("think", "must be true, false, \"low\", \"medium\" or \"high\"");
    body.json.member("reasoning_effort", level);
    return {};
}

} // namespace

void ChatBody::addForeign(QByteArrayView name, json::Value value)
{
    // Nobody reads more of them, and clients may send a million.
    constexpr size_t kMost = 50;
    if (isAbsent(value) || foreignMembers.size() >= kMost || std::ranges::contains(foreignMembers, name.toByteArray()))
        return;
    json.member(name, value);
    foreignMembers.push_back(name.toByteArray());
}

void ChatBody::refuse(const QByteArray &field, const QByteArray &what)
{
    if (untranslatable)
        return;
    untranslatable = Error{.kind = ErrorKind::InvalidRequest,
                           .reason = "unsupported_parameter",
                           .message = "'" + field + "' (" + what +
                                      ") needs a provider of type ollama; leave it out, or name such a provider",
                           .param = field};
}

void writeStream(ChatBody &body, json::Value value)
{
    body.isStream = value.boolean().value_or(true); // Ollama's default
    body.json.member("stream", body.isStream);
    if (body.isStream)
        body.json.key("stream_options").beginObject().member("include_usage", true).endObject();
}

Result<void> writeSharedMembers(ChatBody &body, json::Value root)
{
    writeStream(body, root["stream"]);
    if (Result<void> written = writeFormat(body, root["format"]); !written)
        return written;
    if (Result<void> written = writeOptions(body, root["options"]); !written)
        return written;
    if (Result<void> written = writeThink(body, root["think"]); !written)
        return written;
    for (const QByteArrayView name : kServerMembers)
        body.addForeign(name, root[name]);
    if (root["logprobs"].boolean() == true)
        body.refuse("logprobs", "log probabilities");
    return {};
}

} // namespace lunargate::ollama_api
