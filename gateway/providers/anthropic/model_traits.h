// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QtTypes>

namespace lunargate::anthropic {

/// What requests to a family of models must look like (Anthropic docs, "Thinking", "Troubleshooting thinking",
/// "Effort", "Structured outputs", "Models overview").
struct ModelTraits
{
    enum class Thinking {
        None,
        Budget,   ///< `enabled` with a number of tokens
        Adaptive, ///< `adaptive` with an effort
    };

    QByteArrayView idPart; ///< of the model's id, in lower case, with hyphens for dots
    Thinking thinking = Thinking::Adaptive;
    bool thinksByDefault = false;
    QByteArrayView off = "disabled";    ///< `thinking.type` that stops thinking; empty: it cannot be stopped
    bool limitsEffortWhenOff = false;   ///< efforts above high are refused while thinking is off
    QByteArrayView extraHigh = "xhigh"; ///< the effort that comes closest to `xhigh`
    bool takesSampling = false;         ///< temperature, top_p and top_k
    bool hasStructuredOutputs = true;   ///< output_config.format and strict tools
    bool refusesForcedTools = false;    ///< tool_choice `any` and `tool`
    qint64 maxTokens = 0;               ///< of an answer, thinking included; 0: not known
};

/// The family of `model`. Ids of Claude that are not known are taken for the newest, ids of others for something that
/// is compatible with Anthropic's older models.
const ModelTraits &traitsOf(QByteArrayView model);

} // namespace lunargate::anthropic
