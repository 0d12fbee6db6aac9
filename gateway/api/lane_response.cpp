// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/lane_response.h"

#include "gateway/json/text_writer.h"

#include <algorithm>
#include <limits>

namespace lunargate::api {

namespace {

// What clients look at in an error (Codex), in lower case.
constexpr QByteArrayView kToldHeaders[] = {
    "retry-after",
    "retry-after-ms",
    "x-request-id",
    "x-lunargate-request-id",
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
};

constexpr char kNoError[] =
    R"({"message":"the gateway gave no stream","type":"internal_error","param":null,"code":"internal_error"})";

bool isToldHeader(const QByteArray &name)
{
    return std::ranges::find(kToldHeaders, QByteArrayView(name)) != std::end(kToldHeaders);
}

// The members that every message of a lane ends with.
QByteArray laneMember(const QByteArray &lane)
{
    return lane.isEmpty() ? QByteArray() : "\"stream_id\":" + json::quoted(lane);
}

// The object with another member at its end.
QByteArray withLane(const QByteArray &object, const QByteArray &lane)
{
    QByteArray text = object.trimmed();
    if (lane.isEmpty() || !text.endsWith('}'))
        return text;
    text.chop(1);
    const bool isEmpty = text.trimmed().endsWith('{');
    return text + (isEmpty ? "" : ",") + laneMember(lane) + '}';
}

// Some services leave the line with the event's type out.
bool mayEndResponse(const SseEvent &event)
{
    const QByteArray &said = event.type.isEmpty() ? event.data : event.type;
    return said.contains("response.completed") || said.contains("response.incomplete");
}

} // namespace

QByteArray errorMessage(int status, QByteArrayView error, const HeaderList &headers, const QByteArray &lane)
{
    json::TextWriter json;
    json.beginObject().member("type", "error").member("status", status).key("error").raw(error);
    json.key("headers").beginObject();
    for (const HeaderList::Field &field : headers) {
        if (const QByteArray name = field.name.toLower(); isToldHeader(name))
            json.member(name, field.value);
    }
    json.endObject();
    if (!lane.isEmpty())
        json.member("stream_id", lane);
    json.endObject();
    return std::move(json).text();
}

LaneResponse::LaneResponse(WebSocketChannel &channel, QByteArray lane)
    : ResponseWriter(false),
      m_channel(channel),
      m_lane(std::move(lane)),
      m_reader(std::numeric_limits<qsizetype>::max()) // the gateway's own writer has limits of its own
{
}

// Nothing but errors comes whole: what is asked for here are streams.
void LaneResponse::putWhole(QByteArrayView, QByteArrayView body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value error = document ? document->root()["error"] : json::Value();
    m_errorCode = error["code"].toByteArray();
    const QByteArray text = error.isObject() ? json::toText(error) : QByteArray(kNoError);
    m_channel.sendText(errorMessage(status(), text, headers(), m_lane));
}

void LaneResponse::putPiece(QByteArrayView bytes)
{
    std::vector<SseEvent> events = std::move(m_events);
    m_reader.feed(bytes, events);
    QByteArrayList texts;
    for (const SseEvent &event : events) {
        if (event.isComment || !event.data.startsWith('{')) // such as [DONE]
            continue;
        if (mayEndResponse(event))
            noteEnd(event.data);
        texts.append(withLane(event.data, m_lane));
    }
    events.clear();
    m_events = std::move(events);
    if (!texts.isEmpty())
        m_channel.sendTexts(texts);
}

void LaneResponse::noteEnd(const QByteArray &data)
{
    const std::optional<json::Document> document = json::Document::parse(data);
    const json::Value event = document ? document->root() : json::Value();
    const QByteArrayView type = event["type"].string();
    if (type == "response.completed" || type == "response.incomplete")
        m_finishedId = event["response"]["id"].toByteArray();
}

} // namespace lunargate::api
