// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/quirk_splices.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/text_writer.h"

namespace lunargate::openai {

namespace {

constexpr char kModernLimit[] = "max_completion_tokens";
constexpr char kLegacyLimit[] = "max_tokens";

MaxTokensField limitField(const QuirksConfig &quirks, const QByteArray &model)
{
    if (quirks.maxTokensField != MaxTokensField::ByModel)
        return quirks.maxTokensField;
    return isReasoningModel(model) ? MaxTokensField::MaxCompletionTokens : MaxTokensField::AsSent;
}

void adaptLimit(RequestEdit &edit, const QByteArray &model, std::optional<int> maxTokens)
{
    const MaxTokensField field = limitField(edit.quirks, model);
    const bool isModern = field == MaxTokensField::MaxCompletionTokens;
    const char *const wanted = isModern ? kModernLimit : kLegacyLimit;
    const char *const other = isModern ? kLegacyLimit : kModernLimit;
    const bool isLimited = edit.isSet(kModernLimit) || edit.isSet(kLegacyLimit);
    if (!isLimited && maxTokens)
        edit.set(wanted, QByteArray::number(*maxTokens));
    if (field == MaxTokensField::AsSent || !edit.find(other))
        return;
    if (!edit.find(wanted) && isLimited) {
        edit.rename(other, wanted);
        return;
    }
    // Where a client sent both, the modern one counts, as with OpenAI.
    const char *const decisive = edit.isSet(kModernLimit) ? kModernLimit : kLegacyLimit;
    if (isLimited && decisive == other)
        edit.set(wanted, edit.find(other)->value.of(edit.request.body).toByteArray());
    edit.remove(other);
}

// "" says as little as null.
bool isEffortSet(const RequestEdit &edit)
{
    const json::Value effort = edit.value("reasoning_effort");
    return edit.isSet("reasoning_effort") && !(effort.isString() && effort.string().trimmed().isEmpty());
}

void adaptReasoning(RequestEdit &edit)
{
    const json::Value reasoning = edit.value("reasoning");
    if (edit.quirks.reasoningField == ReasoningField::Object || !(reasoning.isObject() || reasoning.isNull()))
        return;
    const bool keepsRest = edit.quirks.reasoningField == ReasoningField::Both;
    QByteArray effort = reasoning["effort"].string().trimmed().toByteArray();
    // Ollama's clients say so to every model: OpenAI's own field would be refused by those that cannot think.
    const bool isSaidToAll = edit.request.native && edit.request.native->protocol == ChatProtocol::Ollama;
    if (effort.isEmpty() && reasoning["enabled"].boolean() == false && !keepsRest && !isSaidToAll)
        effort = "none";
    if (!effort.isEmpty() && !isEffortSet(edit) && !edit.set("reasoning_effort", json::quoted(effort)))
        edit.noteDropped("reasoning.effort");

    const std::vector<json::Member> members = json::membersOf(edit.request.body, edit.find("reasoning")->value);
    const auto isEffort = [](const json::Member &member) { return member.key == "effort"; };
    if (keepsRest && !std::ranges::all_of(members, isEffort)) {
        edit.splice.remove(members, isEffort);
        return;
    }
    edit.remove("reasoning");
    for (const auto [name, value] : reasoning.members()) {
        const bool isTold = name == "effort" || (name == "enabled" && (!effort.isEmpty() || isSaidToAll));
        if (!isTold && !value.isNull())
            edit.noteDropped("reasoning." + name.toByteArray());
    }
}

void adaptSeed(RequestEdit &edit)
{
    const QByteArray &field = edit.quirks.seedField;
    if (field == "seed" || !edit.find("seed"))
        return;
    if (edit.find(field))
        edit.remove("seed");
    else
        edit.rename("seed", field);
}

void adaptStop(RequestEdit &edit)
{
    const json::Value stop = edit.value("stop");
    if (!edit.quirks.stopAsArray || !(stop.isString() || stop.isArray()))
        return;
    json::TextWriter texts;
    bool isEmpty = true;
    bool isChanged = stop.isString();
    const auto add = [&](json::Value text) {
        if (text.isString() && text.string().isEmpty()) {
            isChanged = true;
            return;
        }
        texts.value(text);
        isEmpty = false;
    };
    texts.beginArray();
    if (stop.isString())
        add(stop);
    for (const json::Value text : stop.elements())
        add(text);
    texts.endArray();
    if (isEmpty)
        edit.remove("stop");
    else if (isChanged)
        edit.set("stop", texts.text());
}

void adaptLogprobs(RequestEdit &edit)
{
    const std::optional<bool> isAsked = edit.value("logprobs").boolean();
    if (!edit.quirks.logprobsAsNumber || !isAsked)
        return;
    if (*isAsked)
        edit.set("logprobs", QByteArray::number(std::max<qint64>(1, edit.value("top_logprobs").integer().value_or(1))));
    else
        edit.remove("logprobs");
    if (edit.find("top_logprobs"))
        edit.remove("top_logprobs");
}

void adaptToolChoice(RequestEdit &edit)
{
    const QByteArray &word = edit.quirks.requiredToolChoice;
    if (word != "required" && edit.value("tool_choice").string() == "required")
        edit.set("tool_choice", json::quoted(word));
}

// So that the gateway knows what every stream used; the extra chunk is taken out again for clients that did not ask.
void adaptStreamOptions(RequestEdit &edit)
{
    const json::Member *options = edit.find("stream_options");
    if (!edit.quirks.streamOptions) {
        if (options)
            edit.remove("stream_options");
        if (edit.isSet("stream_options"))
            edit.noteDropped("stream_options");
        return;
    }
    if (!edit.request.stream || edit.request.includeUsage || edit.isRefused("stream_options"))
        return;
    if (!edit.isSet("stream_options"))
        edit.set("stream_options", R"({"include_usage":true})");
    else
        edit.splice.set(options->value, json::membersOf(edit.request.body, options->value), "include_usage", "true");
}

Result<void> removeRefused(RequestEdit &edit, const QByteArray &providerId)
{
    for (const QByteArray &name : edit.quirks.refused) {
        if (!edit.find(name))
            continue;
        const Result<bool> loss = isLoss(name, edit.value(name), providerId);
        if (!loss)
            return std::unexpected(loss.error());
        edit.remove(name);
        if (*loss)
            edit.noteDropped(name);
    }
    return {};
}

} // namespace

Result<void> adaptParameters(RequestEdit &edit, const QByteArray &model, std::optional<int> maxTokens,
                             const QByteArray &providerId)
{
    adaptLimit(edit, model, maxTokens);
    adaptReasoning(edit);
    adaptSeed(edit);
    adaptStop(edit);
    adaptLogprobs(edit);
    adaptToolChoice(edit);
    adaptStreamOptions(edit);
    return removeRefused(edit, providerId);
}

bool isReasoningModel(QByteArrayView model)
{
    constexpr QByteArrayView kFineTuned = "ft:";
    QByteArray name = model.sliced(model.lastIndexOf('/') + 1).toByteArray().toLower();
    if (name.startsWith(kFineTuned))
        name.remove(0, kFineTuned.size());
    const auto isDigit = [&](qsizetype at) { return at < name.size() && name[at] >= '0' && name[at] <= '9'; };
    if (name.startsWith('o') && isDigit(1))
        return true;
    constexpr qsizetype kPrefix = 4;
    if (!name.startsWith("gpt-") || name.contains("-chat") || name.startsWith("gpt-35")) // Azure's name of 3.5
        return false;
    qsizetype end = kPrefix;
    while (isDigit(end))
        ++end;
    return name.sliced(kPrefix, end - kPrefix).toInt() >= 5;
}

} // namespace lunargate::openai
