// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate::simulator {

enum class ToolUse { None, Auto, Required };
enum class AnswerFormat { Text, JsonObject, JsonSchema };

/// A tool that the model may call.
struct Tool
{
    QByteArray name;
    json::Value parameters; ///< JSON Schema; missing if the function takes nothing
    bool isCustom = false;  ///< takes free text instead of JSON
};

/// A checked chat request, reduced to what the simulated model looks at.
struct ChatRequestView
{
    std::optional<json::Document> document; ///< what the values below point into
    QByteArray hash;                        ///< of the whole body: the same request gets the same ids
    quint64 seed = 0;                       ///< of model and conversation alone: streamed or not, the text is the same

    QByteArray model;
    QByteArray lastRole;
    QByteArray lastUserText;
    std::vector<QByteArray> toolResults; ///< texts of the tool messages at the end of the conversation
    int promptTokens = 0;

    bool stream = false;
    bool includeUsage = false;
    int choices = 1;
    std::optional<int> maxTokens;
    std::vector<QByteArray> stops;
    QByteArray reasoningEffort; ///< empty: no reasoning

    std::vector<Tool> tools; ///< those that may be called
    ToolUse toolUse = ToolUse::None;
    bool parallelToolCalls = true;

    AnswerFormat format = AnswerFormat::Text;
    json::Value schema; ///< with AnswerFormat::JsonSchema
};

/// Reads the body of POST /chat/completions. Fails as OpenAI does: InvalidRequest with the field in `param`.
Result<ChatRequestView> readChatRequest(const QByteArray &body);

} // namespace lunargate::simulator
