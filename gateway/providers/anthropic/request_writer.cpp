// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/request_writer.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/chat/parameter_use.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/anthropic/block_reader.h"
#include "gateway/providers/anthropic/block_writer.h"
#include "gateway/providers/anthropic/model_traits.h"
#include "gateway/providers/anthropic/schema_writer.h"
#include "gateway/providers/anthropic/thinking.h"
#include "gateway/providers/anthropic/tool_writer.h"
#include "gateway/providers/anthropic/turns.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

// Every model can write that much (Anthropic docs, "Models overview"), and there is no request without a limit.
constexpr qint64 kDefaultMaxTokens = 4096;
// "Prompt caching": tools, system and messages together.
constexpr size_t kMaxCacheMarks = 4;

constexpr QByteArrayView kJsonInstruction =
    "Answer with one valid JSON object and nothing else: no text around it, no Markdown, no code fence.";

qint64 answerTokens(const Conversation &conversation, const ProviderConfig &provider)
{
    return conversation.maxTokens.value_or(provider.maxTokens ? *provider.maxTokens : kDefaultMaxTokens);
}

// The last marks cache the most.
void dropEarlyMarks(std::vector<Tool> &tools, Outline &outline, size_t most)
{
    std::vector<json::Value *> marks;
    const auto collect = [&](json::Value &mark) {
        if (mark.exists())
            marks.push_back(&mark);
    };
    for (Tool &tool : tools)
        collect(tool.cacheControl);
    for (Block &block : outline.system)
        collect(block.cacheControl);
    for (Turn &turn : outline.turns) {
        for (Block &block : turn.blocks)
            collect(block.cacheControl);
    }
    for (size_t i = 0; i + most < marks.size(); ++i)
        *marks[i] = {};
}

/// Writes the body of one request, part by part.
class RequestWriter
{
public:
    RequestWriter(const Conversation &conversation, const QByteArray &model, const ProviderConfig &provider)
        : m_conversation(conversation),
          m_provider(provider),
          m_model(traitsOf(model)),
          m_parameters(conversation),
          m_json(json::TextWriter::forBody(conversation.bodyBytes))
    {
        m_json.beginObject().member("model", model);
    }

    Result<WrittenRequest> write(bool isStream)
    {
        if (Result<void> prepared = prepare(); !prepared)
            return std::unexpected(std::move(prepared.error()));
        decide();
        m_json.member("max_tokens", m_thinking.maxTokens);
        writeMessages();
        writeToolsAndChoice();
        m_thinking.write(m_json);
        writeOutputConfig();
        writeStop();
        writeSampling();
        writeAccount();
        if (m_cacheControl.exists())
            m_json.member("cache_control", m_cacheControl);
        if (isStream)
            m_json.member("stream", true);
        m_json.endObject();

        Result<std::vector<QByteArray>> leftOver = m_parameters.leftOver(m_provider.id);
        if (!leftOver)
            return std::unexpected(std::move(leftOver.error()));
        std::ranges::move(*leftOver, std::back_inserter(m_dropped));
        return WrittenRequest{std::move(m_json).text(), std::move(m_dropped), std::move(m_names)};
    }

private:
    using Format = ResponseFormat::Kind;

    Result<void> prepare()
    {
        Result<std::vector<Tool>> tools = selectTools(m_conversation, m_provider.id);
        if (!tools)
            return std::unexpected(std::move(tools.error()));
        m_tools = *std::move(tools);
        const bool carriesThoughts = m_model.thinking != ModelTraits::Thinking::None;
        Result<Outline> outline = outlineOf(m_conversation, m_provider.id, carriesThoughts);
        if (!outline)
            return std::unexpected(std::move(outline.error()));
        m_outline = *std::move(outline);
        return checkFormat();
    }

    Result<void> checkFormat()
    {
        const ResponseFormat &format = m_conversation.format;
        if (format.kind != Format::JsonSchema)
            return {};
        if (!m_model.hasStructuredOutputs)
            return std::unexpected(unsupported(m_provider.id, "response_format", "structured outputs with this model"));
        if (!format.schema.isObject())
            return invalidValue("response_format.json_schema.schema", "must be an object");
        return {};
    }

    void decide()
    {
        const json::Value ownThinking = m_parameters.take("thinking");
        if (ownThinking.exists() && !ownThinking.isObject())
            m_parameters.drop("thinking");
        if (const json::Value mark = m_parameters.take("cache_control"); mark.isObject())
            m_cacheControl = mark;
        else
            m_parameters.drop("cache_control");
        dropEarlyMarks(m_tools, m_outline, kMaxCacheMarks - (m_cacheControl.exists() ? 1 : 0));

        m_thinking = decideThinking({.own = ownThinking,
                                     .effort = m_conversation.reasoningEffort,
                                     .budget = m_conversation.reasoningBudget,
                                     .lacksThoughts = lacksThoughts(m_outline),
                                     .answerTokens = answerTokens(m_conversation, m_provider)},
                                    m_model);
        for (const QByteArray &name : m_thinking.dropped) {
            m_parameters.drop(name); // some are parameters, others have a place of their own
            if (!m_conversation.parameter(name).exists())
                m_dropped.push_back(name);
        }
    }

    void writeMessages()
    {
        if (m_conversation.format.kind == Format::JsonObject)
            m_outline.system.push_back({.text = kJsonInstruction});
        if (!m_outline.system.empty())
            writeBlocks(m_json.key("system"), m_outline.system, m_names);
        m_json.key("messages").beginArray();
        for (const Turn &turn : m_outline.turns) {
            m_json.beginObject().member("role", turn.isAssistant ? "assistant" : "user");
            writeBlocks(m_json.key("content"), turn.blocks, m_names);
            m_json.endObject();
        }
        m_json.endArray();
    }

    void writeToolsAndChoice()
    {
        if (m_tools.empty())
            return;
        writeTools(m_json.key("tools"), m_tools, m_names, m_model);
        const bool isForceRefused = (m_thinking.hasBudget || m_model.refusesForcedTools) && forcesTool(m_conversation);
        if (isForceRefused)
            m_dropped.emplace_back("tool_choice");
        writeToolChoice(m_json, m_conversation, m_names, isForceRefused);
        const auto wantsStrict = [](const Tool &tool) { return tool.definition->strict == true; };
        if (!m_model.hasStructuredOutputs && std::ranges::any_of(m_tools, wantsStrict))
            m_dropped.emplace_back("strict");
    }

    void writeOutputConfig()
    {
        const bool hasSchema = m_conversation.format.kind == Format::JsonSchema;
        if (m_thinking.effort.isEmpty() && !hasSchema)
            return;
        m_json.key("output_config").beginObject();
        if (!m_thinking.effort.isEmpty())
            m_json.member("effort", m_thinking.effort);
        if (hasSchema) {
            m_json.key("format").beginObject().member("type", "json_schema");
            writeStrictSchema(m_json.key("schema"), m_conversation.format.schema);
            m_json.endObject();
        }
        m_json.endObject();
    }

    void writeStop()
    {
        const auto isBlank = [](QByteArrayView text) { return text.trimmed().isEmpty(); };
        if (std::ranges::any_of(m_conversation.stop, isBlank))
            m_dropped.emplace_back("stop");
        if (std::ranges::all_of(m_conversation.stop, isBlank))
            return;
        m_json.key("stop_sequences").beginArray();
        for (const QByteArrayView text : m_conversation.stop) {
            if (!isBlank(text))
                m_json.string(text);
        }
        m_json.endArray();
    }

    // A value of another type is left out, which the client is told.
    template <typename T>
    std::optional<T> take(const char *name, std::optional<T> (json::Value::*read)() const)
    {
        const json::Value value = m_parameters.take(name);
        const std::optional<T> result = (value.*read)();
        if (!result)
            m_parameters.drop(name);
        return result;
    }

    void writeSampling()
    {
        std::optional<double> temperature = take("temperature", &json::Value::number);
        std::optional<double> topP = take("top_p", &json::Value::number);
        std::optional<qint64> topK = take("top_k", &json::Value::wholeNumber);
        if (!m_model.takesSampling || m_thinking.isOn) {
            if (temperature != 1) // what happens anyway
                m_parameters.drop("temperature");
            m_parameters.drop("top_p");
            m_parameters.drop("top_k");
            return;
        }
        if (!temperature && !topP) { // one excludes the other, and the client's own counts
            temperature = m_provider.temperature;
            if (!temperature)
                topP = m_provider.topP;
        }
        if (!topK && m_provider.topK)
            topK = *m_provider.topK;
        if (temperature) {
            m_json.member("temperature", std::clamp(*temperature, 0.0, 1.0));
            m_parameters.drop("top_p");
        } else if (topP) {
            m_json.member("top_p", *topP);
        }
        if (topK)
            m_json.member("top_k", *topK);
    }

    void writeAccount()
    {
        // The newer name first.
        QByteArrayView user;
        for (const char *name : {"safety_identifier", "user"}) {
            const QByteArrayView said = m_parameters.take(name).string();
            if (user.isEmpty())
                user = said;
            if (said.isEmpty() || said != user)
                m_parameters.drop(name);
        }
        if (!user.isEmpty())
            m_json.key("metadata").beginObject().member("user_id", user).endObject();

        const QByteArrayView tier = m_parameters.take("service_tier").string();
        if (tier == "default" || tier == "flex" || tier == "standard_only")
            m_json.member("service_tier", "standard_only");
        else if (tier == "auto" || tier == "priority")
            m_json.member("service_tier", "auto");
        else
            m_parameters.drop("service_tier");
    }

    const Conversation &m_conversation;
    const ProviderConfig &m_provider;
    const ModelTraits &m_model;
    ParameterUse m_parameters;
    json::TextWriter m_json;
    ToolNames m_names = toolNames();
    std::vector<QByteArray> m_dropped;
    std::vector<Tool> m_tools;
    Outline m_outline;
    Thinking m_thinking;
    json::Value m_cacheControl;
};

} // namespace

Result<WrittenRequest> writeRequest(const Conversation &conversation, const QByteArray &model, bool isStream,
                                    const ProviderConfig &provider)
{
    return RequestWriter(conversation, model, provider).write(isStream);
}

} // namespace lunargate::anthropic
