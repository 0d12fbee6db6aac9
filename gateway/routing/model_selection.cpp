// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_selection.h"

#include "gateway/routing/complexity_keywords.h"

#include <algorithm>
#include <span>
#include <utility>

namespace lunargate {

namespace {

// A rule of thumb for English text, and what the existing gateway's thresholds are made for.
constexpr qint64 kBytesPerToken = 4;

const QByteArray kDefaultSkill = QByteArrayLiteral("default");

/// Whole messages, as patterns must see them.
class Messages
{
public:
    explicit Messages(const std::vector<SelectionInput::Text> &texts)
    {
        for (std::size_t begin = 0; begin < texts.size();) {
            std::size_t end = begin + 1;
            while (end < texts.size() && texts[end].continuesMessage)
                ++end;
            m_views.push_back(end - begin == 1 ? texts[begin].text
                                               : join(std::span(texts).subspan(begin, end - begin)));
            begin = end;
        }
    }

    std::span<const QByteArrayView> views() const { return m_views; }

private:
    QByteArrayView join(std::span<const SelectionInput::Text> parts)
    {
        QByteArray &text = m_joined.emplace_back();
        for (const SelectionInput::Text &part : parts)
            text += part.text;
        return text;
    }

    std::vector<QByteArrayView> m_views;
    std::vector<QByteArray> m_joined; // whose bytes do not move with them
};

} // namespace

ModelSelector::ModelSelector(ModelSelectionConfig config)
    : m_config(std::move(config)),
      m_skills(m_config.enabled ? m_config.skills : std::vector<ModelSelectionConfig::Skill>())
{
}

ModelSelection ModelSelector::select(const SelectionInput &input) const
{
    ModelSelection selection;
    KeywordScan scan(complexityKeywords(), kKeywordCategories);
    bool isFirst = true;
    for (const SelectionInput::Text &text : input.userTexts) {
        if (!std::exchange(isFirst, false) && !text.continuesMessage)
            scan.read("\n");
        scan.read(text.text);
        selection.userBytes += text.text.size();
    }

    const auto byKeyword = [&](QByteArrayView category, int weight, KeywordCategory keywords) {
        const QByteArrayView keyword = scan.found(std::to_underlying(keywords));
        return ScorePart{category, !keyword.isEmpty(), weight, keyword};
    };
    const bool isLong = selection.userBytes / kBytesPerToken > m_config.inputTokensThreshold;
    selection.parts = {
        ScorePart{"input_tokens", isLong, m_config.weightInputTokens, {}},
        byKeyword("contains_code", m_config.weightContainsCode, KeywordCategory::Code),
        byKeyword("math_reasoning", m_config.weightMathReasoning, KeywordCategory::Math),
        byKeyword("analysis_synthesis", m_config.weightAnalysisSynthesis, KeywordCategory::Analysis),
        byKeyword("safety_sensitive", m_config.weightSafetySensitive, KeywordCategory::Safety),
        ScorePart{"tools", input.hasTools, m_config.weightTools, {}},
    };
    for (const ScorePart &part : selection.parts)
        selection.score += part.counts ? part.weight : 0;
    selection.score = std::max<qint64>(selection.score, 0);
    selection.tier = tierOf(selection.score);
    selection.requiresTools = input.hasTools;
    selection.skill = kDefaultSkill;
    if (!m_skills.isEmpty()) {
        if (auto match = m_skills.match(Messages(input.userTexts).views())) {
            selection.skill = std::move(match->skill);
            selection.skillPattern = std::move(match->pattern);
        }
    }
    return selection;
}

HeaderList ModelSelector::headersOf(const ModelSelection &selection) const
{
    HeaderList headers;
    const auto add = [&](const QByteArray &name, QByteArray value) {
        if (!name.isEmpty())
            headers.add(name, std::move(value));
    };
    add(m_config.complexityHeader, selection.tier.toByteArray());
    add(m_config.scoreHeader, QByteArray::number(selection.score));
    add(m_config.skillHeader, selection.skill);
    if (selection.requiresTools)
        headers.add(QByteArrayLiteral("x-lunargate-requires-tools"), QByteArrayLiteral("true"));
    return headers;
}

QByteArrayView ModelSelector::tierOf(qint64 score) const
{
    if (score <= m_config.tier01Max)
        return "0-1";
    if (score <= m_config.tier23Max)
        return "2-3";
    return score <= m_config.tier45Max ? "4-5" : "6+";
}

} // namespace lunargate
