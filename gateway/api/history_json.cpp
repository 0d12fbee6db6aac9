// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/history_json.h"

#include "gateway/api/time_text.h"

namespace lunargate {

namespace {

void appendText(json::TextWriter &json, QByteArrayView name, const QByteArray &text)
{
    json.key(name);
    if (text.isEmpty())
        json.null();
    else
        json.string(text);
}

void appendClient(json::TextWriter &json, const ClientDetails &client)
{
    json.key("client").beginObject();
    appendText(json, "user_agent", client.userAgent);
    appendText(json, "application", client.application);
    appendText(json, "user", client.user);
    appendText(json, "session", client.session);
    appendText(json, "agent", client.agent);
    appendText(json, "parent_agent", client.parentAgent);
    json.endObject();
}

void appendError(json::TextWriter &json, const HistoryRecord &record)
{
    json.key("error");
    if (record.error.isEmpty()) {
        json.null();
        return;
    }
    json.beginObject().member("code", record.error).member("type", record.errorType);
    json.member("message", record.errorMessage).endObject();
}

void appendPhases(json::TextWriter &json, const std::optional<PhaseTimes> &phases)
{
    json.key("phases");
    if (!phases) {
        json.null();
        return;
    }
    json.beginObject().member("connection_reused", phases->isReused);
    appendMilliseconds(json, "dns_ms", phases->dns);
    appendMilliseconds(json, "connect_ms", phases->connect);
    appendMilliseconds(json, "tls_ms", phases->tls);
    appendMilliseconds(json, "first_byte_ms", phases->firstByte);
    json.endObject();
}

void appendAttempts(json::TextWriter &json, const std::vector<HistoryAttempt> &attempts)
{
    json.key("attempts").beginArray();
    for (const HistoryAttempt &attempt : attempts) {
        json.beginObject().member("provider", attempt.provider).member("model", attempt.model);
        json.member("outcome", attempt.outcome).member("status", attempt.status);
        appendText(json, "error", attempt.error);
        appendText(json, "error_code", attempt.errorCode);
        appendMilliseconds(json, "started_after_ms", attempt.startedAfter);
        appendMilliseconds(json, "waited_ms", attempt.waited);
        appendMilliseconds(json, "time_to_first_byte_ms", attempt.timeToFirstByte);
        appendMilliseconds(json, "duration_ms", attempt.duration);
        appendPhases(json, attempt.phases);
        json.endObject();
    }
    json.endArray();
}

void appendUsage(json::TextWriter &json, const std::optional<Usage> &usage)
{
    json.key("usage");
    if (!usage) {
        json.null();
        return;
    }
    json.beginObject().member("input", usage->input).member("cached_input", usage->cachedInput);
    json.member("cache_write", usage->cacheWrite).member("cache_write_hour", usage->cacheWriteHour);
    json.member("output", usage->output).member("reasoning", usage->reasoning);
    json.member("total", usage->totalTokens()).member("estimated", usage->isEstimated).endObject();
}

void appendDollars(json::TextWriter &json, QByteArrayView name, std::optional<double> dollars)
{
    json.key(name);
    if (dollars)
        json.number(*dollars);
    else
        json.null();
}

void appendMessage(json::TextWriter &json, const HistoryMessage &message)
{
    json.beginObject().key("headers").beginArray();
    for (const HeaderList::Field &field : message.headers)
        json.beginObject().member("name", field.name).member("value", field.value).endObject();
    json.endArray();
    const bool isText = message.body.isValidUtf8();
    json.member("body", isText ? message.body : message.body.toBase64());
    json.member("encoding", isText ? "utf-8" : "base64").member("left_out_bytes", message.leftOut);
    json.key("frames").beginArray();
    for (const HistoryFrame &frame : message.frames) {
        json.beginObject();
        appendMilliseconds(json, "at_ms", frame.at);
        json.member("end", frame.end).endObject();
    }
    json.endArray().endObject();
}

void appendMessages(json::TextWriter &json, const HistoryMessages &messages)
{
    static constexpr std::pair<const char *, HistoryPart> kNames[] = {
        {"client_request", HistoryPart::ClientRequest},
        {"provider_request", HistoryPart::ProviderRequest},
        {"provider_answer", HistoryPart::ProviderAnswer},
        {"client_answer", HistoryPart::ClientAnswer}};
    json.key("messages").beginObject();
    for (const auto &[name, part] : kNames) {
        json.key(name);
        if (const std::optional<HistoryMessage> &message = messages[part])
            appendMessage(json, *message);
        else
            json.null();
    }
    json.endObject();
}

} // namespace

double inMilliseconds(std::chrono::microseconds duration)
{
    return static_cast<double>(duration.count()) / 1000;
}

void appendMilliseconds(json::TextWriter &json, QByteArrayView name, std::optional<std::chrono::microseconds> duration)
{
    json.key(name);
    if (duration)
        json.number(inMilliseconds(*duration));
    else
        json.null();
}

void appendHistoryRecord(json::TextWriter &json, const HistoryRecord &record)
{
    json.beginObject().member("id", record.id).member("time", timeText(record.time()));
    appendText(json, "client_request_id", record.clientRequestId);
    json.member("endpoint", record.endpoint);
    appendText(json, "caller", record.caller);
    appendClient(json, record.client);
    appendText(json, "route", record.route);
    appendText(json, "provider", record.provider);
    appendText(json, "model", record.model);
    appendText(json, "model_asked", record.modelAsked);
    appendText(json, "model_served", record.modelServed);
    appendText(json, "finish_reason", record.finishReason);
    json.member("status", record.status);
    appendError(json, record);
    json.member("stream", record.stream).member("fallback_used", record.fallbackUsed).member("hedged", record.isHedged);
    json.member("cache", record.cache);
    json.member("attempt_count", record.attemptCount).member("retries", record.retries);
    appendAttempts(json, record.attempts);
    appendMilliseconds(json, "time_to_upstream_ms", record.timeToUpstream);
    appendMilliseconds(json, "time_to_first_byte_ms", record.timeToFirstByte);
    appendMilliseconds(json, "duration_ms", record.duration);
    appendUsage(json, record.usage);
    appendDollars(json, "cost_usd", record.costUsd);
    appendText(json, "cost_source", record.costSource);
    json.member("tokens_saved", record.savedTokens);
    appendDollars(json, "cost_saved_usd", record.savedUsd);
    appendMilliseconds(json, "time_saved_ms", record.savedTime);
    json.member("bytes_in", record.bytesIn).member("bytes_out", record.bytesOut);
    if (record.messages)
        appendMessages(json, *record.messages);
    json.endObject();
}

} // namespace lunargate
