// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/anthropic/model_traits.h"

#include <vector>

namespace lunargate::anthropic {

/// What decides about thinking besides the model.
struct ThinkingWish
{
    json::Value own = {};              ///< Anthropic's own `thinking` in the client's request; missing: not there
    QByteArrayView effort = {};        ///< `reasoning_effort`; empty: not there
    std::optional<qint64> budget = {}; ///< of tokens
    bool lacksThoughts = false;        ///< what was thought before the last tool calls is not there
    qint64 answerTokens = 0;           ///< that the answer may have
};

/// How a model is to think, and what follows from it.
struct Thinking
{
    QByteArrayView type = {};             ///< `thinking.type`; empty: the request says nothing
    qint64 budget = 0;                    ///< with type `enabled`
    json::Value own = {};                 ///< to be sent as it is
    QByteArrayView effort = {};           ///< `output_config.effort`; empty: none
    bool isOn = false;                    ///< the model may think
    bool hasBudget = false;               ///< type `enabled`: no tool can be forced, and earlier thoughts must be there
    qint64 maxTokens = 0;                 ///< of the whole answer
    std::vector<QByteArray> dropped = {}; ///< parameters of the client's that could not be followed

    /// Writes the member `thinking`, if there is one.
    void write(json::TextWriter &json) const;
};

Thinking decideThinking(const ThinkingWish &wish, const ModelTraits &model);

} // namespace lunargate::anthropic
