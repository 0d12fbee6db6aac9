// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

// A chat call in canonical form: what a client dialect is translated to and a provider protocol is written from. The
// values are normalised (see pipeline/normalise.h), so that a writer finds one spelling of everything. Views and
// json::Values belong to the document that the ChatRequest holds; what is only carried (schemas, arguments, cache
// marks) stays the client's own JSON.
namespace lunargate {

enum class ChatRole { System, Developer, User, Assistant, Tool };

/// A piece of a message's content.
struct ContentPart
{
    enum class Kind {
        Text,    ///< `text`
        Refusal, ///< `text`: what the assistant said instead of an answer
        Image,   ///< `url`
        Audio,   ///< `data` and `format`
        File,    ///< `url` (a data URL), or `fileId`; `name`
        Other,   ///< a type that this gateway does not know: only in `raw`
    };

    Kind kind = Kind::Text;
    QByteArrayView text = {};
    QByteArrayView url = {};    ///< `https:` or `data:`
    QByteArrayView data = {};   ///< base64
    QByteArrayView format = {}; ///< `wav`, `mp3`
    QByteArrayView fileId = {};
    QByteArrayView name = {};
    json::Value cacheControl = {}; ///< Anthropic's mark, which clients put on parts of any dialect
    json::Value raw = {};          ///< the whole part; missing if the content was a plain text
};

/// A call that the assistant made.
struct ToolCall
{
    QByteArray id = {}; ///< never empty, unique in the conversation's turn
    QByteArrayView name = {};
    QByteArrayView arguments = {}; ///< JSON text as the model wrote it; of a custom tool: its input
    bool isCustom = false;         ///< type `custom`, whose arguments are free text
    json::Value extraContent = {}; ///< `extra_content`: Google's place for thought signatures
};

struct ChatMessage
{
    ChatRole role = ChatRole::User;
    std::vector<ContentPart> content = {}; ///< a plain text is one part of kind Text; null and missing are none
    std::vector<ToolCall> toolCalls = {};  ///< of an assistant
    QByteArray toolCallId = {};            ///< of a tool's answer: which call it answers; never empty
    QByteArrayView name = {};              ///< of a tool's answer: the tool, if the client named it
    QByteArrayView reasoning = {};         ///< of an assistant: what it thought, as plain text
    json::Value reasoningDetails = {};     ///< of an assistant: `reasoning_details`, see ReasoningDetail
    json::Value cacheControl = {};         ///< on the message as a whole
    json::Value raw = {};                  ///< as the client sent it
    int index = 0;                         ///< in the client's `messages`, for error texts
};

/// A tool that the model may call.
struct ToolDefinition
{
    enum class Kind {
        Function,
        Custom, ///< takes free text
        Hosted, ///< run by the provider (web search …): only in `raw`, its type in `name`
    };

    Kind kind = Kind::Function;
    QByteArrayView name = {};
    QByteArrayView description = {};
    json::Value parameters = {}; ///< JSON Schema; missing: the function takes none
    std::optional<bool> strict = {};
    json::Value cacheControl = {};
    json::Value raw = {};
    int index = 0; ///< in the client's `tools`
};

/// Which tools the model must or must not call.
struct ToolChoice
{
    enum class Mode { Auto, None, Required, Named };

    Mode mode = Mode::Auto;
    QByteArrayView name = {};                 ///< with Named
    std::vector<QByteArrayView> allowed = {}; ///< `allowed_tools`: only these; empty: all
};

/// The form that the answer must have.
struct ResponseFormat
{
    enum class Kind { Text, JsonObject, JsonSchema };

    Kind kind = Kind::Text;
    QByteArrayView name = {};
    QByteArrayView description = {};
    json::Value schema = {};
    std::optional<bool> strict = {};
};

/// A whole chat call.
struct Conversation
{
    std::vector<ChatMessage> messages;
    std::vector<ToolDefinition> tools;
    std::optional<ToolChoice> toolChoice; ///< nothing: the client did not say
    ResponseFormat format;

    std::optional<qint64> maxTokens; ///< of the answer, thinking included; `max_completion_tokens` before `max_tokens`
    std::vector<QByteArrayView> stop;
    QByteArrayView reasoningEffort;        ///< `none`, `minimal`, `low` …; empty: the client did not say
    std::optional<qint64> reasoningBudget; ///< tokens; from `reasoning.max_tokens`
    json::Value reasoning; ///< OpenRouter's object, for its other members: taken as `reasoning.NAME`, see ParameterUse
    std::optional<bool> parallelToolCalls;

    qsizetype bodyBytes = 0;  ///< of the client's request: about what a writer will write
    qsizetype toolsBytes = 0; ///< of its tools, as JSON

    /// Every other parameter that the client set to something but null, by its name in OpenAI's chat protocol:
    /// `temperature`, `seed`, `user` … See ParameterUse.
    struct Parameter
    {
        QByteArrayView name;
        json::Value value;
    };
    std::vector<Parameter> parameters;

    /// Missing if the client did not set it.
    json::Value parameter(QByteArrayView name) const;
    std::optional<double> number(QByteArrayView name) const { return parameter(name).number(); }
};

} // namespace lunargate
