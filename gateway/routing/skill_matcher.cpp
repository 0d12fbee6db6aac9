// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/skill_matcher.h"

#include <re2/re2.h>
#include <re2/set.h>
#include <re2/stringpiece.h>

#include <algorithm>

namespace lunargate {

namespace {

re2::RE2::Options options()
{
    re2::RE2::Options options;
    options.set_log_errors(false);
    return options;
}

re2::StringPiece toStringPiece(QByteArrayView text)
{
    return {text.data(), static_cast<std::size_t>(text.size())};
}

} // namespace

struct SkillMatcher::Patterns
{
    struct Pattern
    {
        QByteArray skill;
        QByteArray text;
        std::unique_ptr<const re2::RE2> alone = std::make_unique<const re2::RE2>(toStringPiece(text), options());
    };

    explicit Patterns(const std::vector<ModelSelectionConfig::Skill> &skills) : isTogether(addAll(skills)) {}

    /// Whether they can be looked for together.
    bool addAll(const std::vector<ModelSelectionConfig::Skill> &skills)
    {
        for (const ModelSelectionConfig::Skill &skill : skills) {
            for (const QByteArray &pattern : skill.regexAny) {
                if (together.Add(toStringPiece(pattern), nullptr) >= 0)
                    all.push_back({.skill = skill.name, .text = pattern});
            }
        }
        return !all.empty() && together.Compile();
    }

    /// The index of the first pattern that matches, or the number of patterns.
    std::size_t firstIn(re2::StringPiece text) const
    {
        if (isTogether) {
            std::vector<int> matching;
            re2::RE2::Set::ErrorInfo error{};
            if (together.Match(text, &matching, &error))
                return static_cast<std::size_t>(std::ranges::min(matching));
            if (error.kind == re2::RE2::Set::kNoError)
                return all.size();
        }
        // Patterns of a size that no automaton for all of them has room for.
        const auto matches = [&](const Pattern &pattern) { return re2::RE2::PartialMatch(text, *pattern.alone); };
        return static_cast<std::size_t>(std::ranges::find_if(all, matches) - all.begin());
    }

    std::vector<Pattern> all; ///< in file order; the indexes are those of `together`
    re2::RE2::Set together{options(), re2::RE2::UNANCHORED};
    bool isTogether; // last, as it fills the others
};

SkillMatcher::SkillMatcher(const std::vector<ModelSelectionConfig::Skill> &skills)
{
    auto patterns = std::make_unique<const Patterns>(skills);
    if (!patterns->all.empty())
        m_patterns = std::move(patterns);
}

SkillMatcher::~SkillMatcher() = default;

std::optional<SkillMatcher::Match> SkillMatcher::match(std::span<const QByteArrayView> texts) const
{
    if (!m_patterns)
        return std::nullopt;
    std::size_t first = m_patterns->all.size();
    for (const QByteArrayView text : texts) {
        first = std::min(first, m_patterns->firstIn(toStringPiece(text)));
        if (first == 0) // nothing comes before it
            break;
    }
    if (first == m_patterns->all.size())
        return std::nullopt;
    const Patterns::Pattern &pattern = m_patterns->all[first];
    return Match{.skill = pattern.skill, .pattern = pattern.text};
}

} // namespace lunargate
