// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/http/header_list.h"
#include "gateway/routing/requested_model.h"
#include "gateway/routing/skill_matcher.h"

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <vector>

namespace lunargate {

/// What model selection looks at. Lives no longer than the request that it refers to.
struct SelectionInput
{
    /// A text of the user's, or a part of one: messages can have several, with pictures between them.
    struct Text
    {
        QByteArrayView text;
        bool continuesMessage = false; ///< it follows the text before without anything between
    };
    std::vector<Text> userTexts;
    bool hasTools = false; ///< `tools` is not empty, or `tool_choice` is set
};

/// What a category of the score came to.
struct ScorePart
{
    QByteArrayView category; ///< `contains_code`: as its weight is called in the configuration
    bool counts = false;
    int weight = 0;
    QByteArrayView keyword; ///< what made it count; empty: it was no keyword
};

/// What model selection found out about a request.
struct ModelSelection
{
    qint64 userBytes = 0; ///< of all texts of the user's
    std::array<ScorePart, 6> parts;
    qint64 score = 0;
    QByteArrayView tier; ///< `0-1`, `2-3`, `4-5` or `6+`
    QByteArray skill;    ///< `default` if no pattern matched
    QByteArray skillPattern;
    bool requiresTools = false;
};

/// Estimates how hard a request is and what it is about, for routes to match on. Pure, and immutable: any thread.
class ModelSelector
{
public:
    /// Compiles the patterns if model selection is enabled.
    explicit ModelSelector(ModelSelectionConfig config);

    bool isEnabled() const { return m_config.enabled; }
    /// Whether such a request is looked at: if it leaves the model open, or has no say in it.
    bool appliesTo(const RequestedModel &requested) const { return m_config.enabled && requested.model.isEmpty(); }

    ModelSelection select(const SelectionInput &input) const;

    /// The result as RoutingRequest::computedHeaders.
    HeaderList headersOf(const ModelSelection &selection) const;

private:
    QByteArrayView tierOf(qint64 score) const;

    ModelSelectionConfig m_config;
    SkillMatcher m_skills;
};

} // namespace lunargate
