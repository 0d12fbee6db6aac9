// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json_sections.h"

namespace lunargate {

namespace {

void writeTarget(ConfigJsonWriter &json, const TargetConfig &target)
{
    json.write("provider", target.provider);
    json.write("model", target.model);
    json.write("weight", target.weight);
    json.write("upstream_request_type", QByteArray(target.responsesUpstream ? "responses" : "chat_completions"));
    writeTimeouts(json, target.overrides.timeouts);
    json.write("temperature", target.overrides.temperature);
    json.write("top_p", target.overrides.topP);
    json.write("top_k", target.overrides.topK);
    json.write("max_tokens", target.overrides.maxTokens);
    json.writeSecretMap("headers", target.overrides.headers);
}

QByteArray toText(const FallbackTriggers::StatusRange &range)
{
    if (range.first == range.last)
        return QByteArray::number(range.first);
    return QByteArray::number(range.first / 100) + "xx"; // the file can say no other range
}

std::optional<std::vector<QByteArray>> wordsOf(const std::optional<FallbackTriggers> &triggers)
{
    if (!triggers)
        return std::nullopt;
    std::vector<QByteArray> words;
    for (const FallbackTriggers::StatusRange &range : triggers->statuses)
        words.push_back(toText(range));
    for (const auto &[word, isOn] :
         {std::pair("timeout", triggers->timeout), std::pair("transport", triggers->transport),
          std::pair("open_circuit", triggers->openCircuit), std::pair("context_length", triggers->contextLength),
          std::pair("content_filter", triggers->contentFilter)}) {
        if (isOn)
            words.emplace_back(word);
    }
    return words;
}

void writeRoute(ConfigJsonWriter &json, const RouteConfig &route)
{
    json.write("name", route.name);
    json.section("match", [&](ConfigJsonWriter &match) {
        match.write("path", route.pathPrefix.isEmpty() ? QByteArray("*") : route.pathPrefix);
        match.writeMap("headers", route.headers);
    });
    json.list("targets", route.targets, writeTarget);
    json.list("fallback", route.fallback, writeTarget);
    json.write("strategy", route.strategy);
    json.write("fallback_on", wordsOf(route.fallbackOn));
    writeTimeouts(json, route.timeouts);
    json.write("request_timeout", route.requestTimeout);
    json.write("hedge_after", route.hedgeAfter);
}

void writeRule(ConfigJsonWriter &json, const ModelSelectionConfig::ComplexityRule &rule)
{
    json.write("max_user_chars", rule.maxUserChars);
    json.write("min_user_chars", rule.minUserChars);
    json.write("max_messages", rule.maxMessages);
    json.write("min_messages", rule.minMessages);
    json.write("any_of", rule.anyOf);
    json.write("require_no_tools", rule.requireNoTools);
    json.write("require_no_json", rule.requireNoJson);
}

void writeScoring(ConfigJsonWriter &json, const ModelSelectionConfig &selection)
{
    json.section("complexity_scoring", [&](ConfigJsonWriter &scoring) {
        scoring.write("input_tokens_threshold", selection.inputTokensThreshold);
        scoring.write("weight_input_tokens", selection.weightInputTokens);
        scoring.write("weight_contains_code", selection.weightContainsCode);
        scoring.write("weight_math_reasoning", selection.weightMathReasoning);
        scoring.write("weight_analysis_synthesis", selection.weightAnalysisSynthesis);
        scoring.write("weight_safety_sensitive", selection.weightSafetySensitive);
        scoring.write("weight_tools", selection.weightTools);
    });
    json.section("complexity_tiers", [&](ConfigJsonWriter &tiers) {
        tiers.write("tier_01_max", selection.tier01Max);
        tiers.write("tier_23_max", selection.tier23Max);
        tiers.write("tier_45_max", selection.tier45Max);
    });
}

} // namespace

void writeRouting(ConfigJsonWriter &json, const RoutingConfig &routing)
{
    json.write("default_strategy", routing.defaultStrategy);
    json.write("request_timeout", routing.requestTimeout);
    json.list("routes", routing.routes, writeRoute);
    json.writeMap("model_aliases", routing.modelAliases);
}

void writeModelSelection(ConfigJsonWriter &json, const ModelSelectionConfig &selection)
{
    json.write("enabled", selection.enabled);
    json.write("override_user_model", selection.overrideUserModel);
    json.section("output_headers", [&](ConfigJsonWriter &headers) {
        headers.write("complexity", selection.complexityHeader);
        headers.write("score", selection.scoreHeader);
        headers.write("skill", selection.skillHeader);
    });
    writeScoring(json, selection);
    json.section("complexity", [&](ConfigJsonWriter &complexity) {
        complexity.section("simple", [&](ConfigJsonWriter &rule) { writeRule(rule, selection.simple); });
        complexity.section("complex", [&](ConfigJsonWriter &rule) { writeRule(rule, selection.complex); });
    });
    json.list("skills", selection.skills, [](ConfigJsonWriter &item, const ModelSelectionConfig::Skill &skill) {
        item.write("name", skill.name);
        item.write("regex_any", skill.regexAny);
    });
}

} // namespace lunargate
