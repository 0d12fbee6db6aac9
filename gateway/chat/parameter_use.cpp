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
    const auto isText = [](json::Value modality) { return modality.string() == "text"; };
    const json::Value::Elements modalities = value.elements();
    for (auto it = modalities.begin(); it != modalities.end(); ++it) {
        if (!isText(*it))
            return true;
    }
    return false;
}

bool isThere(json::Value)
{
    return true;
}

/// A parameter that the client's program relies on: leaving it out would give it something else than it asked for.
struct Essential
{
    QByteArrayView name;
    bool (*isAsked)(json::Value);
    const char *what;
};

constexpr Essential kEssential[] = {
    {"n", isAboveOne, "several answers to one request"},
    {"logprobs", isTrue, "log probabilities"},
    {"top_logprobs", isAboveZero, "log probabilities"},
    {"modalities", asksForMoreThanText, "answers other than text"},
    {"audio", isThere, "audio answers"},
    {"web_search_options", isThere, "web search"},
    {"previous_response_id", isThere, "stored conversations"},
    {"background", isTrue, "background answers"},
};

const Essential *essential(const Conversation::Parameter &parameter)
{
    const auto found = std::ranges::find(kEssential, parameter.name, &Essential::name);
    return found != std::end(kEssential) && found->isAsked(parameter.value) ? found : nullptr;
}

// A value that asks for what happens anyway is nothing that was lost.
bool isNoOp(const Conversation::Parameter &parameter)
{
    if (parameter.name == "n")
        return parameter.value.number() == 1;
    if (parameter.name == "logprobs" || parameter.name == "background")
        return parameter.value.boolean() == false;
    if (parameter.name == "top_logprobs")
        return parameter.value.number() == 0;
    if (parameter.name == "modalities")
        return !asksForMoreThanText(parameter.value);
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
        if ((!isDropped && std::ranges::contains(m_taken, parameter.name)) || isNoOp(parameter))
            continue;
        if (const Essential *reason = essential(parameter))
            return std::unexpected(unsupported(providerId, parameter.name, reason->what));
        left.push_back(parameter.name.toByteArray());
    }
    return left;
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
