// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/simulator/chat_request_view.h"

#include <QByteArray>

#include <vector>

namespace lunargate::simulator {

/// A call that the simulated model makes.
struct SimulatedToolCall
{
    QByteArray id;
    QByteArray name;
    std::vector<QByteArray> arguments; ///< tokens of JSON text, or of free text for a custom tool
    bool isCustom = false;
};

/// One of the `n` answers.
struct SimulatedChoice
{
    std::vector<QByteArray> reasoning; ///< tokens
    std::vector<QByteArray> content;   ///< tokens
    std::vector<SimulatedToolCall> toolCalls;
    QByteArray finishReason;
};

/// Everything that the simulated model answers to one request, and what it costs.
struct ChatAnswer
{
    std::vector<SimulatedChoice> choices = {};
    int promptTokens = 0;
    int completionTokens = 0; ///< reasoning, content, and names and arguments of tool calls, of all choices
    int reasoningTokens = 0;
};

/// Answers `request`; a plain text has `answerTokens` tokens unless the request limits it.
ChatAnswer composeAnswer(const ChatRequestView &request, int answerTokens);

} // namespace lunargate::simulator
