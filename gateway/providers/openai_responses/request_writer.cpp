// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/request_writer.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/config/scalar_text.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/openai/quirk_splices.h"
#include "gateway/providers/openai_responses/input_writer.h"
#include "gateway/providers/openai_responses/thought_id.h"
#include "gateway/providers/openai_responses/tool_writer.h"

#include <algorithm>

namespace lunargate::openai_responses {

namespace {

constexpr qint64 kFewestTokens = 16; // less is refused (OpenAI API reference, "max_output_tokens")

constexpr QByteArrayView kEncryptedReasoning = "reasoning.encrypted_content";

// Members of both protocols, and those of this one that a chat client has no other word for.
constexpr QByteArrayView kSameName[] = {
    "previous_response_id",
    "conversation",
    "prompt",
    "truncation",
    "context_management",
    "max_tool_calls",
    "user",
    "metadata",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "prompt_cache_options",
    "safety_identifier",
};

// Asked for encrypted thoughts, models that have none refuse ("Encrypted content is not supported with this model").
bool mayThink(QByteArrayView model)
{
    const QByteArrayView plain = model.sliced(model.lastIndexOf('/') + 1); // relays: `openai/gpt-4o`
    static constexpr QByteArrayView kThoughtless[] = {"gpt-3.5", "gpt-4", "chatgpt-", "ft:gpt-3.5", "ft:gpt-4"};
    if (std::ranges::any_of(kThoughtless, [&](QByteArrayView name) { return plain.startsWith(name); }))
        return false;
    return !(plain.startsWith("gpt-5") && plain.contains("-chat"));
}

class RequestWriter
{
public:
    RequestWriter(const Conversation &conversation, const ProviderConfig &provider)
        : m_conversation(conversation),
          m_provider(provider),
          m_use(conversation),
          m_json(json::TextWriter::forBody(conversation.bodyBytes))
    {
    }

    Result<WrittenRequest> write(const QByteArray &model, bool isStream) &&
    {
        m_json.beginObject();
        if (!model.isEmpty())
            m_json.member("model", model);
        const bool isStored = take("store").boolean() == true;
        Result<void> written = checkRefused();
        if (written)
            written = writeMessages(isStored);
        if (written)
            written = writeTools(m_json, m_conversation, take("web_search_options"), m_provider.id);
        if (written)
            written = writeToolChoice(m_json, m_conversation, m_provider.id);
        if (!written)
            return std::unexpected(std::move(written.error()));
        writeSampling(model);
        writeText();
        writeReasoning();
        // Nothing that a client did not ask for is kept with the provider; the protocol's default is to keep it.
        if (!isRefused("store"))
            m_json.member("store", isStored);
        writeInclude(!isStored && mayThink(model) && asksForEncryptedReasoning());
        for (const QByteArrayView name : kSameName)
            writeSame(name);
        if (isStream)
            m_json.member("stream", true);
        m_json.endObject();
        return finished();
    }

private:
    bool isRefused(QByteArrayView name) const { return std::ranges::contains(m_provider.quirks.refused, name); }

    /// What the conversation holds in a form of its own, and the answer depends on.
    Result<void> checkRefused() const
    {
        if (!m_conversation.tools.empty() && isRefused("tools"))
            return std::unexpected(unsupported(m_provider.id, "tools", "tools"));
        if (m_conversation.format.kind != ResponseFormat::Kind::Text && isRefused("response_format"))
            return std::unexpected(unsupported(m_provider.id, "response_format", "structured answers"));
        return {};
    }

    /// The client's value of a parameter that the service takes; one that it refuses counts as left out.
    json::Value take(QByteArrayView name)
    {
        if (!isRefused(name))
            return m_use.take(name);
        m_use.drop(name);
        return {};
    }

    bool asksForEncryptedReasoning() const
    {
        const auto setting = m_provider.extra.find("encrypted_reasoning");
        const bool isOn = setting == m_provider.extra.end() || parseBoolean(setting->second).value_or(true);
        return isOn && !isRefused("include");
    }

    Result<void> writeMessages(bool isStored)
    {
        const Instructions instructions = leadingInstructions(m_conversation);
        if (!instructions.text.isEmpty())
            m_json.member("instructions", instructions.text);
        const auto has = [&](QByteArrayView name) { return m_conversation.parameter(name).exists(); };
        // DeepSeek API reference: system, user, assistant, tool.
        const bool isNarrow = !m_provider.quirks.developerRole || m_provider.normalizeDeveloperRole ||
                              m_provider.compatibilityProfile == "deepseek";
        const Result<bool> hasForeign =
            writeInput(m_json, m_conversation,
                       {.providerId = m_provider.id,
                        .thoughtOrigin = thoughtOrigin(m_provider),
                        .knowsDeveloperRole = !isNarrow,
                        .isStored = isStored,
                        .isContinued = has("previous_response_id") || has("conversation") || has("prompt"),
                        .firstMessage = instructions.messages});
        if (!hasForeign)
            return std::unexpected(hasForeign.error());
        m_hasForeignThoughts = *hasForeign;
        return {};
    }

    void writeSame(QByteArrayView name)
    {
        if (const json::Value value = take(name); value.exists())
            m_json.member(name, value);
    }

    void writeNumber(QByteArrayView name, std::optional<double> fallback)
    {
        if (const json::Value value = take(name); value.exists())
            m_json.member(name, value);
        else if (fallback && !isRefused(name))
            m_json.member(name, *fallback);
    }

    void writeSampling(const QByteArray &model)
    {
        const bool takesDefaults = !openai::isReasoningModel(model);
        writeNumber("temperature", takesDefaults ? m_provider.temperature : std::nullopt);
        writeNumber("top_p", takesDefaults ? m_provider.topP : std::nullopt);
        std::optional<qint64> maxTokens = m_conversation.maxTokens;
        if (!maxTokens)
            maxTokens = m_provider.maxTokens;
        if (maxTokens)
            m_json.member("max_output_tokens", std::max(*maxTokens, kFewestTokens));
        if (m_conversation.parallelToolCalls && !isRefused("parallel_tool_calls"))
            m_json.member("parallel_tool_calls", *m_conversation.parallelToolCalls);
    }

    void writeText()
    {
        const json::Value verbosity = take("verbosity");
        const bool hasFormat = m_conversation.format.kind != ResponseFormat::Kind::Text;
        if (!verbosity.exists() && !hasFormat)
            return;
        m_json.key("text").beginObject();
        if (hasFormat)
            writeFormat(m_conversation.format);
        if (verbosity.exists())
            m_json.member("verbosity", verbosity);
        m_json.endObject();
    }

    void writeFormat(const ResponseFormat &format)
    {
        m_json.key("format").beginObject();
        if (format.kind == ResponseFormat::Kind::JsonObject) {
            m_json.member("type", "json_object").endObject();
            return;
        }
        m_json.member("type", "json_schema");
        m_json.member("name", format.name.isEmpty() ? QByteArrayView("answer") : format.name); // it must have one
        if (!format.description.isEmpty())
            m_json.member("description", format.description);
        if (format.schema.exists())
            m_json.member("schema", format.schema);
        if (format.strict)
            m_json.member("strict", *format.strict);
        m_json.endObject();
    }

    void writeReasoning()
    {
        const QByteArrayView effort = m_conversation.reasoningEffort;
        if (effort.isEmpty() || isRefused("reasoning_effort"))
            return;
        m_json.key("reasoning").beginObject().member("effort", effort);
        // `auto` by default: thoughts that nobody may see are no use to a chat client. Organisations that OpenAI has
        // not verified must not ask for them.
        const auto setting = m_provider.extra.find("reasoning_summary");
        QByteArray summary = setting == m_provider.extra.end() ? QByteArray() : setting->second;
        if (summary.isEmpty())
            summary = "auto";
        if (effort != "none" && summary != "none")
            m_json.member("summary", summary);
        m_json.endObject();
    }

    void writeInclude(bool wantsReasoning)
    {
        const json::Value asked = take("include");
        const json::Value::Elements names = asked.elements();
        bool hasReasoning = false;
        for (const json::Value name : names)
            hasReasoning = hasReasoning || name.string() == kEncryptedReasoning;
        if (asked.size() == 0 && !wantsReasoning)
            return;
        m_json.key("include").beginArray();
        for (const json::Value name : names)
            m_json.value(name);
        if (wantsReasoning && !hasReasoning)
            m_json.string(kEncryptedReasoning);
        m_json.endArray();
    }

    Result<WrittenRequest> finished()
    {
        Result<std::vector<QByteArray>> dropped = m_use.leftOver(m_provider.id);
        if (!dropped)
            return std::unexpected(std::move(dropped.error()));
        if (!m_conversation.stop.empty())
            dropped->emplace_back("stop");
        if (m_conversation.parallelToolCalls && isRefused("parallel_tool_calls"))
            dropped->emplace_back("parallel_tool_calls");
        if (!m_conversation.reasoningEffort.isEmpty() && isRefused("reasoning_effort"))
            dropped->emplace_back("reasoning_effort");
        if (m_conversation.reasoningBudget)
            dropped->emplace_back("reasoning.max_tokens");
        return WrittenRequest{.body = std::move(m_json).text(),
                              .droppedParams = *std::move(dropped),
                              .hasForeignThoughts = m_hasForeignThoughts};
    }

    const Conversation &m_conversation;
    const ProviderConfig &m_provider;
    ParameterUse m_use;
    json::TextWriter m_json;
    bool m_hasForeignThoughts = false;
};

} // namespace

Result<WrittenRequest> writeRequest(const Conversation &conversation, const QByteArray &model, bool isStream,
                                    const ProviderConfig &provider)
{
    return RequestWriter(conversation, provider).write(model, isStream);
}

} // namespace lunargate::openai_responses
