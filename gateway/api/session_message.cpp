// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/session_message.h"

#include "gateway/dialects/json_body.h"
#include "gateway/json/writer.h"

#include <algorithm>
#include <array>

namespace lunargate::api {

namespace {

using Reading = std::expected<SessionMessage, SessionMistake>;

constexpr qsizetype kLongestLane = 128;

// What belongs to the message and not to the request in it. Whatever it says of `stream`, the answer comes as events.
constexpr std::array<QByteArrayView, 5> kOfTheMessage = {"type", "stream_id", "event_id", "response", "stream"};

bool isOfTheMessage(const QByteArray &key)
{
    return std::ranges::find(kOfTheMessage, QByteArrayView(key)) != kOfTheMessage.end();
}

std::unexpected<SessionMistake> mistake(const QByteArray &lane, const char *reason, QByteArray message,
                                        const char *param)
{
    return std::unexpected(
        SessionMistake{.lane = lane, .error = refusedBody(reason, std::move(message), param).error()});
}

/// Writes the body of a request of what a message has of it.
class BodyWriter
{
public:
    void add(QByteArrayView text, const std::vector<json::Member> &members)
    {
        for (const json::Member &member : members) {
            if (isOfTheMessage(member.key))
                continue;
            m_keys.push_back(member.key);
            const bool isUsual = member.key == "generate" && member.value.of(text) != QByteArrayView("false");
            if (!isUsual) // providers do not know it
                append(member.key, member.value.of(text));
        }
    }
    bool has(const QByteArray &key) const { return std::ranges::find(m_keys, key) != m_keys.end(); }
    QByteArray finish()
    {
        append("stream", "true");
        return m_body + '}';
    }

private:
    void append(const QByteArray &key, QByteArrayView value)
    {
        m_body += m_body.isEmpty() ? '{' : ',';
        json::appendString(m_body, key);
        m_body += ':';
        m_body.append(value);
    }

    std::vector<QByteArray> m_keys;
    QByteArray m_body;
};

QByteArray bodyOf(const QByteArray &text, const JsonBody &message)
{
    BodyWriter writer;
    writer.add(text, message.members);
    if (const json::Member *inner = json::find(message.members, "response")) {
        std::vector<json::Member> members = json::membersOf(text, inner->value);
        std::erase_if(members, [&](const json::Member &member) { return writer.has(member.key); });
        writer.add(text, members);
    }
    return writer.finish();
}

Result<QByteArray> readLane(json::Value value)
{
    if (isAbsent(value))
        return QByteArray();
    const QByteArray lane = value.toByteArray();
    if (lane.isEmpty() || lane.size() > kLongestLane)
        return refusedBody("invalid_stream_id", "`stream_id` must be a text of 1 to 128 bytes", "stream_id");
    return lane;
}

Reading readCreate(const QByteArray &text, const JsonBody &message, QByteArray lane)
{
    const json::Value root = message.document.root();
    const json::Value inner = root["response"];
    if (!isAbsent(inner) && !inner.isObject())
        return mistake(lane, "invalid_type", "`response` must be a JSON object", "response");
    const auto memberOf = [&](QByteArrayView name) { return root[name].exists() ? root[name] : inner[name]; };
    if (const json::Value generate = memberOf("generate"); !isAbsent(generate) && !generate.isBool())
        return mistake(lane, "invalid_type", "`generate` must be a boolean", "generate");
    return SessionMessage{.lane = std::move(lane),
                          .body = bodyOf(text, message),
                          .previousResponseId = memberOf("previous_response_id").toByteArray()};
}

} // namespace

Reading readSessionMessage(const QByteArray &text, int maxJsonDepth)
{
    Result<JsonBody> message = readJsonBody(text, maxJsonDepth);
    if (!message)
        return std::unexpected(SessionMistake{.lane = {}, .error = std::move(message.error())});
    const json::Value root = message->document.root();
    Result<QByteArray> lane = readLane(root["stream_id"]);
    if (!lane)
        return std::unexpected(SessionMistake{.lane = {}, .error = std::move(lane.error())});
    if (!root["type"].isString())
        return mistake(*lane, "invalid_type", "a message needs a `type`, for example response.create", "type");
    const QByteArray type = root["type"].toByteArray();
    if (type == "response.processed") // Codex acknowledges what it has read
        return SessionMessage{.lane = *std::move(lane), .body = {}, .previousResponseId = {}};
    if (type != "response.create")
        return mistake(*lane, "unsupported_event_type",
                       "unsupported websocket event type '" + type.left(kLongestLane) + "'; send response.create",
                       "type");
    return readCreate(text, *message, *std::move(lane));
}

} // namespace lunargate::api
