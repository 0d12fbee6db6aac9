// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include "gateway/config/header_name.h"
#include "gateway/config/pattern_check.h"

#include <algorithm>

namespace lunargate {

namespace {

// A result under such a name would hide what the gateway says there.
constexpr QByteArrayView kTakenHeaders[] = {
    "x-lunargate-request-type", "x-lunargate-original-path",  "x-lunargate-model",       "x-lunargate-provider",
    "x-lunargate-route",        "x-lunargate-requires-tools", "x-lunargate-gateway-lat", "x-lunargate-gateway-lon",
};

void readHeaders(SectionReader &section, ModelSelectionConfig &selection)
{
    section.section("output_headers", [&](SectionReader &headers) {
        std::vector<QByteArray> earlier;
        const auto readHeader = [&](QByteArrayView key, QByteArray &header) {
            headers.read(key, header);
            header = header.toLower();
            if (header.isEmpty())
                return;
            const auto refuse = [&](const QByteArray &why) { headers.context().error(headers.placeOf(key), why); };
            if (!isHeaderName(header))
                refuse("expected a header name (letters, digits and dashes), or \"\" for none");
            else if (std::ranges::contains(kTakenHeaders, QByteArrayView(header)))
                refuse("routes find something else in `" + header + "`; choose another name");
            else if (std::ranges::contains(earlier, header))
                refuse("`" + header + "` is the header of another result; choose another name");
            earlier.push_back(header);
        };
        readHeader("complexity", selection.complexityHeader);
        readHeader("score", selection.scoreHeader);
        readHeader("skill", selection.skillHeader);
    });
}

void readScoring(SectionReader &section, ModelSelectionConfig &selection)
{
    section.section("complexity_scoring", [&](SectionReader &scoring) {
        // 0 is a weight; a negative one means 0, as older configurations could say it in no other way.
        const auto readWeight = [&](QByteArrayView key, int &weight) {
            scoring.read(key, weight);
            weight = std::max(weight, 0);
        };
        scoring.read("input_tokens_threshold", selection.inputTokensThreshold);
        if (selection.inputTokensThreshold <= 0)
            selection.inputTokensThreshold = ModelSelectionConfig().inputTokensThreshold;
        readWeight("weight_input_tokens", selection.weightInputTokens);
        readWeight("weight_contains_code", selection.weightContainsCode);
        readWeight("weight_math_reasoning", selection.weightMathReasoning);
        readWeight("weight_analysis_synthesis", selection.weightAnalysisSynthesis);
        readWeight("weight_safety_sensitive", selection.weightSafetySensitive);
        readWeight("weight_tools", selection.weightTools);
    });
}

void readTiers(SectionReader &section, ModelSelectionConfig &selection)
{
    section.section("complexity_tiers", [&](SectionReader &tiers) {
        const auto readTier = [&](QByteArrayView key, int &tier) {
            const int defaultTier = tier;
            tiers.read(key, tier);
            if (tier <= 0)
                tier = defaultTier;
        };
        readTier("tier_01_max", selection.tier01Max);
        readTier("tier_23_max", selection.tier23Max);
        readTier("tier_45_max", selection.tier45Max);
        if (selection.tier01Max >= selection.tier23Max || selection.tier23Max >= selection.tier45Max)
            tiers.context().warn(tiers.place(),
                                 "a tier is never reached; let tier_01_max, tier_23_max and tier_45_max ascend");
    });
}

void readRule(SectionReader &complexity, QByteArrayView key, ModelSelectionConfig::ComplexityRule &rule)
{
    complexity.section(key, [&](SectionReader &section) {
        section.read("max_user_chars", rule.maxUserChars);
        section.read("min_user_chars", rule.minUserChars);
        section.read("max_messages", rule.maxMessages);
        section.read("min_messages", rule.minMessages);
        section.read("any_of", rule.anyOf);
        section.read("require_no_tools", rule.requireNoTools);
        section.read("require_no_json", rule.requireNoJson);
    });
}

void readSkill(SectionReader &section, std::vector<ModelSelectionConfig::Skill> &skills)
{
    ModelSelectionConfig::Skill skill;
    section.read("name", skill.name);
    for (auto &[pattern, place] : section.readPatterns("regex_any")) {
        if (const QByteArray problem = patternProblem(pattern); !problem.isEmpty())
            section.context().error(place, "this is no regular expression in RE2 syntax: " + problem);
        skill.regexAny.push_back(std::move(pattern));
    }
    if (skill.name.isEmpty())
        return section.context().warn(section.placeOf("name"), "the skill has no name, so it is left out; name it");
    if (skill.regexAny.empty())
        return section.context().warn(section.placeOf("regex_any"),
                                      "the skill has no patterns, so it is left out; add one");
    if (std::ranges::contains(skills, skill.name, &ModelSelectionConfig::Skill::name))
        section.context().warn(section.placeOf("name"),
                               "another skill has this name; either matches, but one of them may be meant otherwise, "
                               "so put their patterns together or rename one");
    skills.push_back(std::move(skill));
}

} // namespace

void readModelSelection(SectionReader &root, ModelSelectionConfig &selection)
{
    root.section("model_selection", [&](SectionReader &section) {
        section.read("enabled", selection.enabled);
        section.read("override_user_model", selection.overrideUserModel);
        readHeaders(section, selection);
        readScoring(section, selection);
        readTiers(section, selection);
        section.section("complexity", [&](SectionReader &complexity) {
            readRule(complexity, "simple", selection.simple);
            readRule(complexity, "complex", selection.complex);
        });
        section.list("skills", [&](SectionReader &item) { readSkill(item, selection.skills); });
        if (section.has("complexity"))
            section.context().warn(section.placeOf("complexity"),
                                   "these rules never decide, as the score always gives a tier; "
                                   "set complexity_scoring and complexity_tiers");
    });
}

} // namespace lunargate
