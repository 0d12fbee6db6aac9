// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/think.h"

#include <algorithm>

namespace lunargate::ollama {

namespace {

constexpr QByteArrayView kOn = "true";
constexpr QByteArrayView kOff = "false";
constexpr QByteArrayView kLow = R"("low")";
constexpr QByteArrayView kMedium = R"("medium")";
constexpr QByteArrayView kHigh = R"("high")";

/// The JSON for a word; empty if it is none of those that mean something.
QByteArrayView thinkFor(QByteArrayView word)
{
    struct Word
    {
        QByteArrayView text;
        QByteArrayView json;
    };
    // Efforts as OpenAI names them; what lies beyond Ollama's scale becomes its end.
    static constexpr Word kWords[] = {
        {"none", kOff},   {"minimal", kLow}, {"low", kLow}, {"medium", kMedium}, {"high", kHigh},
        {"xhigh", kHigh}, {"max", kHigh},    {"true", kOn}, {"1", kOn},          {"yes", kOn},
        {"on", kOn},      {"false", kOff},   {"0", kOff},   {"no", kOff},        {"off", kOff},
    };
    const auto found = std::ranges::find_if(kWords, [word = word.trimmed()](const Word &known) {
        return word.compare(known.text, Qt::CaseInsensitive) == 0;
    });
    return found == std::end(kWords) ? QByteArrayView() : found->json;
}

QByteArrayView thinkFor(json::Value value)
{
    if (const std::optional<bool> flag = value.boolean())
        return *flag ? kOn : kOff;
    return thinkFor(value.string());
}

} // namespace

QByteArrayView think(const Conversation &conversation, ParameterUse &parameters, const ProviderConfig &provider,
                     std::vector<QByteArray> &dropped)
{
    if (conversation.reasoningBudget)
        dropped.emplace_back("reasoning.max_tokens");
    if (!conversation.reasoningEffort.isEmpty()) {
        if (const QByteArrayView json = thinkFor(conversation.reasoningEffort); !json.isEmpty())
            return json;
        dropped.emplace_back("reasoning_effort");
    }
    if (const json::Value own = parameters.take("think"); own.exists()) {
        if (const QByteArrayView json = thinkFor(own); !json.isEmpty())
            return json;
        parameters.drop("think");
    }
    return configuredThink(provider);
}

QByteArrayView configuredThink(const ProviderConfig &provider)
{
    const auto configured = provider.extra.find("think");
    return configured == provider.extra.end() ? QByteArrayView() : thinkFor(configured->second);
}

} // namespace lunargate::ollama
