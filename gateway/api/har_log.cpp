// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/har_log.h"

#include "gateway/api/history_json.h"
#include "gateway/api/time_text.h"
#include "gateway/version.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr QByteArrayView kHttpVersion = "HTTP/1.1";
constexpr int kNotKnown = -1; // as the format says it of sizes and times

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

/// Where a request's time went. All but `ssl`, which is a part of `connect`, add up to the whole.
struct Timings
{
    std::optional<std::chrono::microseconds> blocked; // empty: it does not apply, or nobody knows
    std::optional<std::chrono::microseconds> dns;
    std::optional<std::chrono::microseconds> connect;
    std::optional<std::chrono::microseconds> ssl;
    std::chrono::microseconds wait{0};
    std::chrono::microseconds receive{0};
};

// Those of the call that answered; what came before it blocked the request.
Timings timingsOf(const HistoryRecord &record)
{
    using std::chrono::microseconds;
    const microseconds first = record.timeToFirstByte.value_or(record.duration);
    Timings timings{.wait = first, .receive = record.duration - first};
    const auto answered = std::ranges::find_if(
        record.attempts, [](const HistoryAttempt &attempt) { return attempt.timeToFirstByte.has_value(); });
    if (answered == record.attempts.end() || !answered->phases)
        return timings;
    const PhaseTimes &phases = *answered->phases;
    const microseconds none{0};
    const microseconds connecting = phases.connect.value_or(none) + phases.tls.value_or(none);
    const microseconds known = answered->startedAfter + phases.dns.value_or(none) + connecting;
    if (known > first)
        return timings;
    timings.blocked = answered->startedAfter;
    timings.dns = phases.dns;
    if (phases.connect)
        timings.connect = connecting;
    timings.ssl = phases.tls;
    timings.wait = first - known;
    return timings;
}

void appendTimings(json::TextWriter &json, const Timings &timings)
{
    const auto append = [&json](const char *name, std::optional<std::chrono::microseconds> duration) {
        if (duration)
            appendMilliseconds(json, name, duration);
        else
            json.member(name, kNotKnown);
    };
    json.key("timings").beginObject();
    append("blocked", timings.blocked);
    append("dns", timings.dns);
    append("connect", timings.connect);
    append("ssl", timings.ssl);
    json.member("send", 0);
    append("wait", timings.wait);
    append("receive", timings.receive);
    json.endObject();
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
    m_json.beginObject().member("startedDateTime", timeText(record.time()));
    appendMilliseconds(m_json, "time", record.duration);
    appendRequest(m_json, record, url);
    appendResponse(m_json, record);
    m_json.key("cache").beginObject().endObject();
    appendTimings(m_json, timingsOf(record));
    m_json.key("_lunargate");
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
