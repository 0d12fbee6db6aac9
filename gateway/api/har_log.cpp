// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/har_log.h"

#include "gateway/api/history_json.h"
#include "gateway/api/time_text.h"
#include "gateway/version.h"

namespace lunargate {

namespace {

constexpr QByteArrayView kHttpVersion = "HTTP/1.1";
constexpr int kNotKnown = -1; // as the format says it of sizes

const HistoryMessage *messageOf(const HistoryRecord &record, HistoryPart part)
{
    if (!record.messages || !(*record.messages)[part])
        return nullptr;
    return &*(*record.messages)[part];
}

QByteArray contentType(const HistoryMessage *message, const char *usual)
{
    return message ? message->headers.value("Content-Type").value_or(usual) : QByteArray(usual);
}

void appendHeaders(json::TextWriter &json, const HistoryMessage *message)
{
    json.key("cookies").beginArray().endArray().key("headers").beginArray();
    if (message) {
        for (const HeaderList::Field &field : message->headers)
            json.beginObject().member("name", field.name).member("value", field.value).endObject();
    }
    json.endArray();
}

void appendRequest(json::TextWriter &json, const HistoryRecord &record, const QByteArray &url)
{
    const HistoryMessage *message = messageOf(record, HistoryPart::ClientRequest);
    json.key("request").beginObject().member("method", "POST").member("url", url);
    json.member("httpVersion", kHttpVersion);
    appendHeaders(json, message);
    json.key("queryString").beginArray().endArray();
    if (message) {
        json.key("postData").beginObject().member("mimeType", contentType(message, "application/json"));
        json.key("params").beginArray().endArray().member("text", message->body).endObject();
    }
    json.member("headersSize", kNotKnown).member("bodySize", record.bytesIn).endObject();
}

void appendResponse(json::TextWriter &json, const HistoryRecord &record)
{
    const HistoryMessage *message = messageOf(record, HistoryPart::ClientAnswer);
    json.key("response").beginObject().member("status", record.status);
    json.member("statusText", record.error).member("httpVersion", kHttpVersion);
    appendHeaders(json, message);
    json.key("content").beginObject().member("size", record.bytesOut);
    json.member("mimeType", contentType(message, record.stream ? "text/event-stream" : "application/json"));
    if (message && message->body.isValidUtf8())
        json.member("text", message->body);
    else if (message)
        json.member("text", message->body.toBase64()).member("encoding", "base64");
    json.endObject().member("redirectURL", "");
    json.member("headersSize", kNotKnown).member("bodySize", record.bytesOut).endObject();
}

} // namespace

HarLog::HarLog()
{
    m_json.beginObject().key("log").beginObject().member("version", "1.2");
    m_json.key("creator").beginObject().member("name", "LunarGate").member("version", version()).endObject();
    m_json.key("entries").beginArray();
}

void HarLog::add(const HistoryRecord &record, const QByteArray &url)
{
    const std::chrono::microseconds wait = record.timeToFirstByte.value_or(record.duration);
    m_json.beginObject().member("startedDateTime", timeText(record.time()));
    appendMilliseconds(m_json, "time", record.duration);
    appendRequest(m_json, record, url);
    appendResponse(m_json, record);
    m_json.key("cache").beginObject().endObject();
    m_json.key("timings").beginObject().member("send", 0);
    appendMilliseconds(m_json, "wait", wait);
    appendMilliseconds(m_json, "receive", record.duration - wait);
    m_json.endObject().key("_lunargate");
    appendHistoryRecord(m_json, record);
    m_json.endObject();
}

QByteArray HarLog::finish(const QByteArray &next) &&
{
    m_json.endArray();
    if (!next.isEmpty())
        m_json.member("_next", next);
    m_json.endObject().endObject();
    return std::move(m_json).text();
}

} // namespace lunargate
