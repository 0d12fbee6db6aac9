// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/options_writer.h"

#include "gateway/json/text_writer.h"

namespace lunargate::ollama {

namespace {

/// What has the same name and meaning on both sides.
constexpr QByteArrayView kSameName[] = {
    "seed",           "min_p",         "typical_p", "presence_penalty", "frequency_penalty",
    "repeat_penalty", "repeat_last_n", "num_ctx",   "num_keep",
};

/// Writes each option once: the first one of a name counts.
class OptionsWriter
{
public:
    explicit OptionsWriter(json::Value given) : m_given(given)
    {
        m_json.beginObject();
        for (const auto [name, value] : given.members()) {
            if (!value.isNull())
                m_json.member(name, value);
        }
    }

    bool has(QByteArrayView name) const { return m_given[name].exists() && !m_given[name].isNull(); }

    template <typename T>
    void add(QByteArrayView name, const T &value)
    {
        if (!has(name))
            m_json.member(name, value);
    }

    /// `value` if the client set it, else the default if there is one.
    template <typename T>
    void add(QByteArrayView name, json::Value value, const std::optional<T> &defaultValue)
    {
        if (value.exists())
            add(name, value);
        else if (defaultValue)
            add(name, *defaultValue);
    }

    void addStop(const std::vector<QByteArrayView> &texts)
    {
        if (texts.empty() || has("stop"))
            return;
        m_json.key("stop").beginArray();
        for (const QByteArrayView text : texts)
            m_json.string(text);
        m_json.endArray();
    }

    QByteArray text() &&
    {
        m_json.endObject();
        return m_json.text() == "{}" ? QByteArray() : std::move(m_json).text();
    }

private:
    json::Value m_given;
    json::TextWriter m_json;
};

} // namespace

Result<QByteArray> writeOptions(const Conversation &conversation, ParameterUse &parameters,
                                const ProviderConfig &provider)
{
    const json::Value given = parameters.take("options");
    if (given.exists() && !given.isObject()) {
        return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                     .reason = "invalid_value",
                                     .message = "'options' must be an object",
                                     .param = "options"});
    }
    OptionsWriter options(given);
    options.add("temperature", parameters.take("temperature"), provider.temperature);
    options.add("top_p", parameters.take("top_p"), provider.topP);
    options.add("top_k", parameters.take("top_k"), provider.topK);
    if (conversation.maxTokens)
        options.add("num_predict", *conversation.maxTokens);
    else if (provider.maxTokens)
        options.add("num_predict", *provider.maxTokens);
    options.addStop(conversation.stop);
    for (const QByteArrayView name : kSameName) {
        if (const json::Value value = parameters.take(name); value.exists())
            options.add(name, value);
    }
    return std::move(options).text();
}

} // namespace lunargate::ollama
