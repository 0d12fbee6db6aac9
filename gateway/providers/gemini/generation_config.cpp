// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/generation_config.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/providers/gemini/schema_writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

constexpr size_t kMostStopSequences = 5; // Gemini API reference, "GenerationConfig"

void writeLimits(json::TextWriter &json, const RequestContext &context)
{
    if (context.conversation.maxTokens)
        json.member("maxOutputTokens", *context.conversation.maxTokens);
    else if (context.provider.maxTokens)
        json.member("maxOutputTokens", *context.provider.maxTokens);
}

// Others answer any but 0 with "Penalty is not enabled for this model".
bool isDisabledPenalty(const ModelFamily &family, QByteArrayView parameter, json::Value value)
{
    return !family.hasPenalties && parameter.endsWith("_penalty") && value.number().value_or(0) != 0;
}

Result<void> writeSampling(json::TextWriter &json, const RequestContext &context)
{
    struct Number
    {
        QByteArrayView parameter;
        QByteArrayView name;
        std::optional<double> fallback = {};
    };
    const ProviderConfig &provider = context.provider;
    const Number numbers[] = {
        {"temperature", "temperature", provider.temperature},
        {"top_p", "topP", provider.topP},
        {"top_k", "topK", provider.topK},
        {"presence_penalty", "presencePenalty"},
        {"frequency_penalty", "frequencyPenalty"},
    };
    for (const auto &[parameter, name, fallback] : numbers) {
        const json::Value value = context.parameters.take(parameter);
        if (isDisabledPenalty(context.family, parameter, value))
            context.parameters.drop(parameter);
        else if (value.isNumber())
            json.member(name, value);
        else if (value.exists())
            return invalidValue(parameter.toByteArray(), "must be a number");
        else if (fallback)
            json.member(name, *fallback);
    }
    const json::Value seed = context.parameters.take("seed");
    const std::optional<qint64> whole = seed.wholeNumber();
    if (seed.exists() && !whole)
        return invalidValue("seed", "must be a whole number");
    // An int32 here, 64 bits with OpenAI: the same seed stays the same.
    if (whole)
        json.member("seed", *whole & 0x7FFFFFFF);
    return {};
}

Result<void> writeStop(json::TextWriter &json, const RequestContext &context)
{
    std::vector<QByteArrayView> texts = context.conversation.stop;
    std::erase_if(texts, [](QByteArrayView text) { return text.isEmpty(); });
    if (texts.size() > kMostStopSequences) {
        return std::unexpected(unsupported(context.provider.id, "stop", "place for more than 5 stop sequences"));
    }
    if (texts.empty())
        return {};
    json.key("stopSequences").beginArray();
    for (const QByteArrayView text : texts)
        json.string(text);
    json.endArray();
    return {};
}

Result<void> writeFormat(json::TextWriter &json, const RequestContext &context)
{
    const ResponseFormat &format = context.conversation.format;
    if (format.kind == ResponseFormat::Kind::Text)
        return {};
    // Google: "Function calling with a response mime type: 'application/json' is unsupported".
    const bool hasFunctions =
        std::ranges::contains(context.conversation.tools, ToolDefinition::Kind::Function, &ToolDefinition::kind);
    if (hasFunctions && !context.family.takesFormatWithFunctions) {
        return std::unexpected(unsupported(context.provider.id, "response_format",
                                           "JSON answers together with function tools before Gemini 3"));
    }
    json.member("responseMimeType", "application/json");
    if (format.kind == ResponseFormat::Kind::JsonSchema && format.schema.isObject()) {
        json.key("responseJsonSchema");
        writeSchema(json, format.schema);
    }
    return {};
}

// Pictures come as part of the text, so that they may be asked for. Whatever else is asked for stays untaken, and is
// refused.
void writeModalities(json::TextWriter &json, ParameterUse &parameters, const Conversation &conversation)
{
    const json::Value modalities = conversation.parameter("modalities");
    bool hasImage = false;
    for (const json::Value modality : modalities.elements()) {
        if (modality.string() == "image")
            hasImage = true;
        else if (modality.string() != "text")
            return;
    }
    if (!hasImage)
        return;
    parameters.take("modalities");
    json.key("responseModalities").beginArray();
    for (const json::Value modality : modalities.elements())
        json.string(modality.string() == "image" ? "IMAGE" : "TEXT");
    json.endArray();
}

void writeEffort(json::TextWriter &json, const ModelFamily &family, Effort effort)
{
    const auto column = static_cast<size_t>(effort);
    json.key("thinkingConfig").beginObject();
    if (family.thinking == ModelFamily::Thinking::Level)
        json.member("thinkingLevel", family.levels[column]);
    else
        json.member("thinkingBudget", family.budgets[column]);
    if (effort != Effort::None)
        json.member("includeThoughts", true);
    json.endObject();
}

Result<void> writeThinking(json::TextWriter &json, const RequestContext &context, json::Value own,
                           std::vector<QByteArray> &dropped)
{
    const Conversation &conversation = context.conversation;
    const std::optional<Effort> effort = effortOf(conversation.reasoningEffort);
    const bool asksEffort = !conversation.reasoningEffort.isEmpty();
    if (asksEffort && !effort)
        return invalidValue("reasoning_effort", "must be none, minimal, low, medium, high, xhigh or max");
    const bool canThink = context.family.thinking != ModelFamily::Thinking::None;
    if (own.isObject()) {
        json.member("thinkingConfig", own);
    } else if (canThink && conversation.reasoningBudget) {
        // Models with levels take a budget too ("Thinking", backwards compatibility), but not both.
        json.key("thinkingConfig").beginObject();
        json.member("thinkingBudget", budgetFor(context.family, *conversation.reasoningBudget));
        json.member("includeThoughts", *conversation.reasoningBudget != 0).endObject();
        return {};
    } else if (canThink && effort) {
        writeEffort(json, context.family, *effort);
        return {};
    }
    if (asksEffort && *effort != Effort::None)
        dropped.emplace_back("reasoning_effort");
    if (conversation.reasoningBudget)
        dropped.emplace_back("reasoning");
    return {};
}

} // namespace

Result<void> writeGenerationConfig(json::TextWriter &json, const RequestContext &context, json::Value thinking,
                                   std::vector<QByteArray> &dropped)
{
    json::TextWriter config;
    config.beginObject();
    writeLimits(config, context);
    Result<void> written = writeSampling(config, context);
    if (written)
        written = writeStop(config, context);
    if (written)
        written = writeThinking(config, context, thinking, dropped);
    if (written)
        written = writeFormat(config, context);
    if (!written)
        return written;
    writeModalities(config, context.parameters, context.conversation);
    config.endObject();
    if (config.text() != "{}")
        json.key("generationConfig").raw(config.text());
    return {};
}

} // namespace lunargate::gemini
