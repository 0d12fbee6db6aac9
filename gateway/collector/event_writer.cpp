// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/event_writer.h"

#include "gateway/collector/event_tags.h"
#include "gateway/collector/shared_bodies.h"
#include "gateway/json/text_writer.h"
#include "gateway/observability/redaction.h"
#include "gateway/version.h"

#include <QDateTime>
#include <QTimeZone>

namespace lunargate {

namespace {

using json::TextWriter;

// Names and messages are texts of clients and providers.
constexpr qsizetype kLongestName = 256;
constexpr qsizetype kLongestMessage = 4096;

qint64 wholeMilliseconds(std::chrono::nanoseconds duration)
{
    return std::chrono::floor<std::chrono::milliseconds>(duration).count();
}

void writeIfKnown(TextWriter &json, QByteArrayView name, const QByteArray &text)
{
    if (!text.isEmpty())
        json.member(name, redacted(text).left(kLongestMessage));
}

void writeTags(TextWriter &json, const CollectedRequest &request, Sharing shared)
{
    json.key("tags").beginObject();
    for (const auto &[name, value] : eventTags(request, shared))
        json.member(name, value);
    json.endObject();
}

// What no provider was asked for is any text of the client's.
QByteArray canonicalModel(const RequestRecord &record, Sharing shared)
{
    if (record.provider.isEmpty())
        return shared.isMetricsOnly() ? QByteArray() : redacted(record.modelAsked).left(kLongestName);
    return record.provider + '/' + redacted(record.model).left(kLongestName);
}

// From a fixed set, but for a provider's own type, which is text from outside.
QByteArray errorCode(const RequestRecord &record, Sharing shared)
{
    const bool brokeInStream = record.stream && record.firstByteAt;
    switch (*record.errorKind) {
    case ErrorKind::ClientCancelled:
        return "client_cancelled";
    case ErrorKind::RateLimited:
        return "rate_limit_error";
    case ErrorKind::UpstreamTimeout:
    case ErrorKind::DeadlineExceeded:
        return "upstream_timeout";
    case ErrorKind::UpstreamProtocol:
        return brokeInStream ? "streaming_error" : "provider_parse_error";
    case ErrorKind::UpstreamTransport:
        return brokeInStream ? "streaming_error" : "upstream_error";
    case ErrorKind::UpstreamStatus:
        if (!shared.isMetricsOnly() && !record.errorType.isEmpty())
            return redacted(record.errorType).left(kLongestName);
        return record.status == 429 ? "rate_limit_error" : "provider_error";
    default:
        return record.errorReason; // a token of our own
    }
}

// What both kinds of event end a request's story with.
void writeError(TextWriter &json, const RequestRecord &record, Sharing shared)
{
    if (!record.hasFailed())
        return;
    json.member("error_code", errorCode(record, shared));
    if (shared.prompts) // it can quote what the provider said, and that the prompt
        writeIfKnown(json, "error_message", record.errorMessage);
}

void writeBeginning(TextWriter &json, const RequestRecord &record)
{
    json.member("request_id", record.requestId);
    json.member("timestamp", rfc3339(record.time));
}

void writeIdentity(TextWriter &json, const RequestRecord &record, Sharing shared)
{
    if (shared.isMetricsOnly())
        return;
    writeIfKnown(json, "user", record.client.user);
    writeIfKnown(json, "session_id", record.client.session);
}

void writeTrace(TextWriter &json, const CollectedRequest &request, Sharing shared)
{
    writeBeginning(json, request.record);
    json.member("phase", "request_start");
    writeTags(json, request, shared);
}

void writeTiming(TextWriter &json, const CollectedRequest &request)
{
    const RequestRecord &record = request.record;
    json.member("duration_ms", wholeMilliseconds(record.duration()));
    if (const auto before = record.timeToUpstream())
        json.member("gateway_pre_upstream_ms", wholeMilliseconds(*before));
    if (!record.stream)
        return;
    if (const auto first = record.timeToFirstByte())
        json.member("ttft_ms", wholeMilliseconds(*first));
    if (request.lastContentAt)
        json.member("ttlt_ms", wholeMilliseconds(*request.lastContentAt - record.startedAt));
}

void writeMetric(TextWriter &json, const CollectedRequest &request, Sharing shared)
{
    const RequestRecord &record = request.record;
    writeBeginning(json, record);
    json.member("request_type", record.endpoint);
    writeTiming(json, request);
    json.member("provider", record.provider);
    json.member("model", canonicalModel(record, shared));
    writeIdentity(json, record, shared);
    const Usage usage = record.usage.value_or(Usage());
    json.member("tokens_input", usage.promptTokens());
    json.member("tokens_output", usage.completionTokens());
    const bool isCostKnown = record.cost && record.cost->amount;
    json.member("cost_usd", isCostKnown ? record.cost->amount->dollars() : 0.0);
    json.member("status_code", record.status);
    writeError(json, record, shared);
    json.member("cache_hit", record.cacheUse == CacheUse::Hit);
    json.member("route_used", record.route);
    json.member("target_index", request.targetIndex);
    json.member("fallback_used", record.fallbackUsed);
    json.member("retry_count", record.retries);
    json.member("circuit_breaker_state", request.circuitState);
    writeTags(json, request, shared);
}

void writeLog(TextWriter &json, const CollectedRequest &request, Sharing shared)
{
    const RequestRecord &record = request.record;
    writeBeginning(json, record);
    json.member("request_type", record.endpoint);
    writeIdentity(json, record, shared);
    json.member("provider", record.provider);
    json.member("model", canonicalModel(record, shared));
    json.member("status_code", record.status);
    json.member("duration_ms", wholeMilliseconds(record.duration()));
    json.member("route_used", record.route);
    json.member("cache_hit", record.cacheUse == CacheUse::Hit);
    json.member("fallback_used", record.fallbackUsed);
    json.member("retry_count", record.retries);
    writeError(json, record, shared);
    writeTags(json, request, shared);
    if (const QByteArray body = sharedRequest(request); shared.prompts && !body.isEmpty())
        json.key("request").raw(body);
    if (const QByteArray body = sharedResponse(request); shared.responses && !body.isEmpty() && !record.hasFailed())
        json.key("response").raw(body);
}

using Write = void (*)(TextWriter &, const CollectedRequest &, Sharing);

QByteArray event(const char *type, Write write, const CollectedRequest &request, Sharing shared)
{
    TextWriter json;
    json.beginObject();
    json.member("type", type);
    json.key("data").beginObject();
    write(json, request, shared);
    json.endObject();
    json.endObject();
    return std::move(json).text();
}

QByteArray measurement(const CollectedRequest &request, Sharing shared)
{
    if (request.phase == CollectedRequest::Phase::Started)
        return event("trace", writeTrace, request, shared);
    return event("metric", writeMetric, request, shared);
}

} // namespace

QByteArray rfc3339(std::chrono::system_clock::time_point time)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto fraction = std::chrono::floor<std::chrono::nanoseconds>(time - seconds).count();
    const QDateTime whole = QDateTime::fromSecsSinceEpoch(seconds.time_since_epoch().count(), QTimeZone::UTC);
    QByteArray text = whole.toString(QStringLiteral("yyyy-MM-dd'T'HH:mm:ss")).toLatin1();
    if (fraction > 0) {
        text += '.' + QByteArray::number(static_cast<qint64>(fraction)).rightJustified(9, '0');
        while (text.endsWith('0'))
            text.chop(1);
    }
    return text + 'Z';
}

WrittenReport writtenReport(const CollectedRequest &request, Sharing allowed)
{
    const Sharing shared = request.sharing & allowed;
    WrittenReport report{.sharing = shared, .events = {measurement(request, shared)}};
    if (!shared.isMetricsOnly())
        report.measurement = measurement(request, {});
    if (request.phase == CollectedRequest::Phase::Finished && request.hasLog(shared))
        report.events.append(event("request_log", writeLog, request, shared));
    return report;
}

QByteArray collectorPayload(std::span<const WrittenReport> reports, std::chrono::system_clock::time_point now)
{
    TextWriter json;
    json.beginObject();
    json.member("version", "1.0");
    json.member("gateway_version", version());
    json.member("timestamp", rfc3339(now));
    json.key("events").beginArray();
    for (const WrittenReport &report : reports) {
        for (const QByteArray &event : report.events)
            json.raw(event);
    }
    json.endArray();
    json.endObject();
    return std::move(json).text();
}

} // namespace lunargate
