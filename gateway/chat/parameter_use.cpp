// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/parameter_use.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isTrue(json::Value value)
{
    return value.boolean() == true;
}

bool isAboveOne(json::Value value)
{
    return value.number().value_or(0) > 1;
}

bool isAboveZero(json::Value value)
{
    return value.number().value_or(0) > 0;
}

bool asksForMoreThanText(json::Value value)
{
    for (const json::Value modality : value.elements()) {
        if (modality.string() != "text")
            return true;
    }
    return false;
}

bool hasElements(json::Value value)
{
    return value.size() > 0;
}

bool asksForJson(json::Value value)
{
    return value.isObject() && value["type"].string() != "text";
}

bool isThere(json::Value)
{
    return true;
}

/// A parameter that the client's program relies on: leaving it out would give it something else than it asked for.
struct Essential
{
    QByteArrayView name;
    bool (*isAsked)(json::Value) = nullptr;
    const char *what = nullptr;
};

constexpr Essential kEssential[] = {
    {"n", isAboveOne, "several answers to one request"},
    {"logprobs", isTrue, "log probabilities"},
    {"top_logprobs", isAboveZero, "log probabilities"},
    {"modalities", asksForMoreThanText, "answers other than text"},
    {"audio", isThere, "audio answers"},
    {"tools", hasElements, "tools"},
    {"functions", hasElements, "tools"},
    {"response_format", asksForJson, "structured answers"},
    {"web_search_options", isThere, "web search"},
    {"previous_response_id", isThere, "stored conversations"},
    {"background", isTrue, "background answers"},
};

const Essential *essential(QByteArrayView name, json::Value value)
{
    const auto found = std::ranges::find(kEssential, name, &Essential::name);
    return found != std::end(kEssential) && found->isAsked(value) ? found : nullptr;
}

// A value that asks for what happens anyway is nothing that was lost.
bool isNoOp(QByteArrayView name, json::Value value)
{
    if (value.isNull())
        return true;
    if (name == "n")
        return value.number() == 1;
    if (name == "logprobs" || name == "background")
        return value.boolean() == false;
    if (name == "top_logprobs")
        return value.number() == 0;
    if (name == "modalities")
        return !asksForMoreThanText(value);
    if (name == "tools" || name == "functions")
        return !hasElements(value);
    if (name == "response_format")
        return !asksForJson(value);
    return false;
}

} // namespace

json::Value ParameterUse::take(QByteArrayView name)
{
    m_taken.push_back(name);
    return m_conversation.parameter(name);
}

Result<std::vector<QByteArray>> ParameterUse::leftOver(const QByteArray &providerId) const
{
    std::vector<QByteArray> left;
    for (const Conversation::Parameter &parameter : m_conversation.parameters) {
        const bool isDropped = std::ranges::contains(m_dropped, parameter.name.toByteArray());
        if (!isDropped && std::ranges::contains(m_taken, parameter.name))
            continue;
        const Result<bool> loss = isLoss(parameter.name, parameter.value, providerId);
        if (!loss)
            return std::unexpected(loss.error());
        if (*loss)
            left.push_back(parameter.name.toByteArray());
    }
    for (const auto [name, value] : m_conversation.reasoning.members()) {
        const QByteArray full = "reasoning." + name.toByteArray();
        const bool isRead = name == "effort" || name == "max_tokens" || name == "enabled";
        if (!isRead && !value.isNull() && !std::ranges::contains(m_taken, QByteArrayView(full)))
            left.push_back(full);
    }
    return left;
}

Result<bool> isLoss(QByteArrayView name, json::Value value, const QByteArray &providerId)
{
    if (isNoOp(name, value))
        return false;
    if (const Essential *reason = essential(name, value))
        return std::unexpected(unsupported(providerId, name, reason->what));
    return true;
}

Error unsupported(const QByteArray &providerId, QByteArrayView param, const QByteArray &what)
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "unsupported_parameter",
            .message = "provider '" + providerId + "' cannot serve '" + param.toByteArray() + "': it has no " + what +
                       "; leave it out, or name a provider that has",
            .param = param.toByteArray()};
}

} // namespace lunargate
