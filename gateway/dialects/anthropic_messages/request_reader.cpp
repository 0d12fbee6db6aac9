// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/request_reader.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/anthropic_messages/error_body.h"
#include "gateway/dialects/anthropic_messages/message_reader.h"
#include "gateway/dialects/anthropic_messages/thinking_reader.h"
#include "gateway/dialects/anthropic_messages/tool_reader.h"
#include "gateway/dialects/json_body.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/json/document_writer.h"

#include <QByteArrayList>

#include <algorithm>

namespace lunargate::anthropic_messages {

namespace {

// What is looked at here and by those who splice.
constexpr QByteArrayView kReadMembers[] = {"model", "messages", "system", "stream", "max_tokens", "thinking", "tools"};

// What has a chat form; all other members are lost.
constexpr QByteArrayView kTranslated[] = {
    "model",         "messages",    "system",        "stream",   "max_tokens",  "stop_sequences",
    "temperature",   "top_p",       "top_k",         "thinking", "tools",       "output_config",
    "output_format", "tool_choice", "cache_control", "metadata", "service_tier"};

Result<void> checkTypes(json::Value root)
{
    if (const json::Value model = root["model"]; !isAbsent(model) && !model.isString())
        return refusedBody("invalid_type", "'model' must be a string", "model");
    if (!root["messages"].isArray())
        return refusedBody("invalid_type", "'messages' must be an array", "messages");
    if (const json::Value stream = root["stream"]; !isAbsent(stream) && !stream.isBool())
        return refusedBody("invalid_type", "'stream' must be true or false", "stream");
    return {};
}

/// Writes the chat form of a body, member by member.
class ChatBodyWriter
{
public:
    explicit ChatBodyWriter(json::Value root) : m_root(root), m_json(root) {}

    Result<json::Document> write()
    {
        writeHead(m_json, m_root);
        m_json.key("messages");
        Result<void> written = checkThread();
        if (written)
            written = writeMessages(m_json, m_root, m_lost);
        if (written)
            written = writeTools(m_json, m_root, m_lost);
        if (written)
            written = writeThinking(m_json, m_root, m_lost);
        if (written)
            written = writeLimit();
        if (written)
            written = checkServers();
        if (!written)
            return std::unexpected(std::move(written.error()));
        writeSampling();
        writeAccount();
        noteRest();
        m_json.endObject();
        return std::move(m_json).finish();
    }

    std::vector<QByteArray> takeLost() { return m_lost.take(); }

    static void writeHead(json::DocumentWriter &json, json::Value root)
    {
        json.beginObject();
        if (!root["model"].string().isEmpty())
            json.member("model", root["model"].string());
        if (root["stream"].boolean() == true)
            json.member("stream", true).key("stream_options").beginObject().member("include_usage", true).endObject();
    }

private:
    void copy(const char *name, const char *as)
    {
        if (!isAbsent(m_root[name]))
            m_json.member(as, m_root[name]);
    }

    // 0 only warms Anthropic's prompt cache.
    Result<void> writeLimit()
    {
        const json::Value limit = m_root["max_tokens"];
        if (isAbsent(limit))
            return {};
        if (const std::optional<qint64> number = limit.wholeNumber(); !number || *number < 1)
            return invalidValue("max_tokens", "must be a whole number above 0 for other providers than Anthropic");
        m_json.member("max_tokens", limit);
        return {};
    }

    // The messages may be the last ones of a conversation that only Anthropic has.
    Result<void> checkThread() const
    {
        if (isAbsent(m_root["thread"]))
            return {};
        std::unexpected<Error> refused = onlyAnthropic("thread", "threads that it keeps");
        refused.error().reason = kThreadRefusal.toByteArray();
        return refused;
    }

    Result<void> checkServers() const
    {
        if (m_root["mcp_servers"].size() == 0)
            return {};
        return onlyAnthropic("mcp_servers", "MCP servers that it asks by itself");
    }

    void writeSampling()
    {
        for (const char *name : {"temperature", "top_p", "top_k", "cache_control"})
            copy(name, name);
        if (m_root["stop_sequences"].size() > 0)
            copy("stop_sequences", "stop");
    }

    void writeAccount()
    {
        if (const QByteArrayView user = m_root["metadata"]["user_id"].string(); !user.isEmpty())
            m_json.member("user", user);
        const QByteArrayView tier = m_root["service_tier"].string();
        if (tier == "standard_only")
            m_json.member("service_tier", "default");
        else
            copy("service_tier", "service_tier");
    }

    void noteRest()
    {
        for (const auto [name, value] : m_root.members()) {
            const bool isEmpty = value.isNull() || ((value.isArray() || value.isObject()) && value.size() == 0);
            if (!isEmpty && !std::ranges::contains(kTranslated, name))
                m_lost.add(name);
        }
        for (const auto [name, value] : m_root["metadata"].members()) {
            if (name != "user_id" && !value.isNull())
                m_lost.add("metadata." + name.toByteArray());
        }
    }

    json::Value m_root;
    json::DocumentWriter m_json;
    LostNames m_lost;
};

// For those who route and limit: a body without what cannot be said.
json::Document bareBody(json::Value root)
{
    json::DocumentWriter json;
    ChatBodyWriter::writeHead(json, root);
    if (const std::optional<qint64> limit = root["max_tokens"].wholeNumber(); limit && *limit >= 0)
        json.member("max_tokens", *limit);
    json.key("messages").beginArray().endArray().endObject();
    return std::move(json).finish();
}

// What the body means depends on these; everything else, the client's key before all, stays here.
bool isForAnthropic(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {"anthropic-version", "anthropic-beta"};
    return std::ranges::any_of(
        kNames, [name](QByteArrayView forwarded) { return name.compare(forwarded, Qt::CaseInsensitive) == 0; });
}

// `?beta=true` says that the body may have members of betas.
QByteArray betaQuery(QByteArrayView target)
{
    constexpr QByteArrayView kBeta = "beta=true";
    const qsizetype begin = target.indexOf('?');
    const bool hasBeta = begin >= 0 && target.sliced(begin + 1).toByteArray().split('&').contains(kBeta.toByteArray());
    return hasBeta ? kBeta.toByteArray() : QByteArray();
}

} // namespace

CallHead callHead(const HeaderList &clientHeaders, QByteArrayView target)
{
    CallHead head{.headers = {}, .query = betaQuery(target)};
    for (const HeaderList::Field &field : clientHeaders) {
        if (isForAnthropic(field.name))
            head.headers.add(field.name.toLower(), field.value);
    }
    return head;
}

Result<ReadCall> readRequest(QByteArray body, int maxJsonDepth, CallHead head)
{
    Result<JsonBody> object = readJsonBody(body, maxJsonDepth);
    if (!object)
        return std::unexpected(std::move(object.error()));
    const json::Value root = object->document.root();
    Result<void> checked = checkTypes(root);
    if (checked)
        checked = checkUnique(object->members, kReadMembers);
    if (!checked)
        return std::unexpected(std::move(checked.error()));

    ChatBodyWriter writer(root);
    Result<json::Document> chatBody = writer.write();
    std::optional<Error> untranslatable;
    if (!chatBody) {
        untranslatable = std::move(chatBody.error());
        chatBody = bareBody(root);
    }
    ChatRequest request = openai_chat::writtenRequest(*std::move(chatBody));
    request.untranslatable = std::move(untranslatable);
    const Thoughts thoughts = thoughtsWanted(root);
    request.native = NativeRequest{.protocol = ChatProtocol::AnthropicMessages,
                                   .body = std::move(body),
                                   .object = object->object,
                                   .members = std::move(object->members),
                                   .document = std::move(object->document),
                                   .headers = std::move(head.headers),
                                   .query = std::move(head.query)};
    request.unsaid = writer.takeLost();
    return ReadCall{std::move(request), thoughts};
}

} // namespace lunargate::anthropic_messages
