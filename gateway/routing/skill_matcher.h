// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QByteArrayView>

#include <memory>
#include <optional>
#include <span>

namespace lunargate {

/// The patterns of all skills, compiled: one pass over a text however many there are, in time that grows with the
/// text's length and nothing else. Immutable: any thread may use it.
class SkillMatcher
{
public:
    /// Patterns that cannot be compiled never match; reading the configuration has refused them.
    explicit SkillMatcher(const std::vector<ModelSelectionConfig::Skill> &skills);
    ~SkillMatcher();

    /// Whether there is nothing to look for.
    bool isEmpty() const { return !m_patterns; }

    struct Match
    {
        QByteArray skill;
        QByteArray pattern;
    };
    /// The first skill of which a pattern matches somewhere in one of the texts.
    std::optional<Match> match(std::span<const QByteArrayView> texts) const;

private:
    struct Patterns;

    std::unique_ptr<const Patterns> m_patterns; ///< nothing: there are none
};

} // namespace lunargate
