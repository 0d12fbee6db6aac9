// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/thinking.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

constexpr qint64 kSmallestBudget = 1024;        // Anthropic API reference, "thinking.budget_tokens"
constexpr qint64 kAbsurdBudget = 1'000'000'000; // keeps sums far from any overflow

/// OpenAI's words for effort, in Anthropic's words and in tokens of its older models.
struct Effort
{
    QByteArrayView word;
    QByteArrayView adaptive;
    qint64 budget = 0;
};
constexpr Effort kEfforts[] = {
    {"minimal", "low", 1024}, {"low", "low", 1024},       {"medium", "medium", 4096},
    {"high", "high", 16'384}, {"xhigh", "xhigh", 32'000}, {"max", "max", 32'000},
};

const Effort *findEffort(QByteArrayView word)
{
    const auto found = std::ranges::find_if(
        kEfforts, [&](const Effort &effort) { return word.compare(effort.word, Qt::CaseInsensitive) == 0; });
    return found == std::end(kEfforts) ? nullptr : found;
}

// For models that know no budgets any more: the smallest effort that has room for it.
const Effort *effortFor(qint64 budget)
{
    const auto found = std::ranges::find_if(kEfforts, [&](const Effort &effort) { return budget <= effort.budget; });
    return found == std::end(kEfforts) ? std::end(kEfforts) - 1 : found;
}

QByteArrayView adaptiveEffort(const Effort &effort, const ModelTraits &model)
{
    return effort.adaptive == "xhigh" ? model.extraHigh : effort.adaptive;
}

void clampToModel(qint64 &tokens, const ModelTraits &model)
{
    if (model.maxTokens > 0)
        tokens = std::min(tokens, model.maxTokens);
}

// The budget is a part of `max_tokens`: the answer keeps its room, and what the model can write at most is shared.
void enableBudget(Thinking &thinking, qint64 budget, qint64 answerTokens, const ModelTraits &model)
{
    budget = std::clamp(budget, kSmallestBudget, kAbsurdBudget);
    if (model.maxTokens > 0)
        budget = std::min(budget, std::max(model.maxTokens - answerTokens, model.maxTokens / 2));
    thinking.type = "enabled";
    thinking.budget = budget;
    thinking.maxTokens = std::min(answerTokens, kAbsurdBudget) + budget;
    clampToModel(thinking.maxTokens, model);
    thinking.isOn = true;
    thinking.hasBudget = true;
}

// The client's program knows Anthropic.
void takeOwn(Thinking &thinking, const ThinkingWish &wish, const ModelTraits &model)
{
    const QByteArrayView type = wish.own["type"].string();
    thinking.own = wish.own;
    thinking.isOn = type != "disabled";
    thinking.hasBudget = type == "enabled";
    const qint64 budget = wish.own["budget_tokens"].wholeNumber().value_or(0);
    if (budget >= thinking.maxTokens && budget < kAbsurdBudget) {
        thinking.maxTokens += budget;
        clampToModel(thinking.maxTokens, model);
    }
    if (const Effort *effort = findEffort(wish.effort); effort && model.thinking == ModelTraits::Thinking::Adaptive)
        thinking.effort = adaptiveEffort(*effort, model);
    else if (!wish.effort.isEmpty())
        thinking.dropped.emplace_back("reasoning_effort");
}

void switchOff(Thinking &thinking, const ModelTraits &model)
{
    thinking.type = model.off;
    thinking.own = {};
    thinking.isOn = false;
    thinking.hasBudget = false;
    if (model.limitsEffortWhenOff && (thinking.effort == "xhigh" || thinking.effort == "max"))
        thinking.effort = "high";
}

void takeEffort(Thinking &thinking, const ThinkingWish &wish, const ModelTraits &model)
{
    const bool hasBudget = wish.budget.value_or(0) > 0;
    const Effort *effort = findEffort(wish.effort);
    if (!effort && !wish.effort.isEmpty())
        thinking.dropped.emplace_back("reasoning_effort");
    switch (model.thinking) {
    case ModelTraits::Thinking::None:
        if (effort)
            thinking.dropped.emplace_back("reasoning_effort");
        if (hasBudget)
            thinking.dropped.emplace_back("reasoning");
        return;
    case ModelTraits::Thinking::Budget:
        if (hasBudget || effort)
            enableBudget(thinking, hasBudget ? *wish.budget : effort->budget, wish.answerTokens, model);
        return;
    case ModelTraits::Thinking::Adaptive:
        if (!effort && hasBudget)
            effort = effortFor(*wish.budget);
        if (effort) {
            thinking.type = "adaptive";
            thinking.effort = adaptiveEffort(*effort, model);
        }
        thinking.isOn = effort || model.thinksByDefault;
        return;
    }
}

void takeNone(Thinking &thinking, const ModelTraits &model)
{
    if (model.thinking == ModelTraits::Thinking::None)
        return;
    if (!model.off.isEmpty()) {
        switchOff(thinking, model);
        return;
    }
    // As little as it can.
    thinking.type = "adaptive";
    thinking.effort = "low";
    thinking.isOn = true;
    thinking.dropped.emplace_back("reasoning_effort");
}

} // namespace

void Thinking::write(json::TextWriter &json) const
{
    if (own.exists()) {
        json.member("thinking", own);
        return;
    }
    if (type.isEmpty())
        return;
    json.key("thinking").beginObject().member("type", type);
    if (type == "enabled")
        json.member("budget_tokens", budget);
    else if (type == "adaptive")
        json.member("display", "summarized"); // the default is another one with every model
    json.endObject();
}

Thinking decideThinking(const ThinkingWish &wish, const ModelTraits &model)
{
    Thinking thinking{.maxTokens = wish.answerTokens};
    clampToModel(thinking.maxTokens, model);
    if (wish.own.isObject())
        takeOwn(thinking, wish, model);
    else if (wish.effort.compare("none", Qt::CaseInsensitive) == 0)
        takeNone(thinking, model);
    else
        takeEffort(thinking, wish, model);
    // Thinking by a budget cannot go on where its beginning is missing; adaptive thinking can.
    if (thinking.hasBudget && wish.lacksThoughts && !model.off.isEmpty()) {
        if (thinking.own.exists())
            thinking.dropped.emplace_back("thinking");
        else
            thinking.dropped.emplace_back(wish.effort.isEmpty() ? "reasoning" : "reasoning_effort");
        switchOff(thinking, model);
        thinking.maxTokens = wish.answerTokens;
        clampToModel(thinking.maxTokens, model);
    }
    return thinking;
}

} // namespace lunargate::anthropic
