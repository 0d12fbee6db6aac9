// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/access_log.h"

#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/observability/request_record.h"

#include <QVarLengthArray>

#include <cmath>

namespace lunargate {

namespace {

constexpr qsizetype kLongestField = 200;

/// A text of which the client or a provider may have chosen the length.
QByteArray bounded(const QByteArray &text)
{
    if (text.size() <= kLongestField)
        return text;
    // The secrets first: half a key would not be found any more when the line is written.
    const QByteArray clean = redacted(text);
    return clean.size() <= kLongestField ? clean : clean.first(kLongestField) + "...";
}

QByteArray withoutQuery(const QByteArray &path)
{
    const qsizetype end = path.indexOf('?');
    return end < 0 ? path : path.first(end);
}

/// Milliseconds to the microsecond.
double inMilliseconds(std::chrono::nanoseconds duration)
{
    return std::round(std::chrono::duration<double, std::micro>(duration).count()) / 1000;
}

} // namespace

void logAccess(const RequestRecord &record)
{
    if (!isLogEnabled(accessLog(), LogLevel::Info))
        return;
    const struct
    {
        const char *key;
        QByteArray value;
    } texts[] = {
        {"request_id", bounded(record.requestId)}, {"client_request_id", bounded(record.clientRequestId)},
        {"method", bounded(record.method)},        {"path", bounded(withoutQuery(record.path))},
        {"endpoint", bounded(record.endpoint)},    {"caller", bounded(record.caller)},
        {"route", bounded(record.route)},          {"provider", bounded(record.provider)},
        {"model", bounded(record.model)},          {"error", bounded(record.errorReason)},
    };
    QVarLengthArray<LogField, 32> fields;
    for (const auto &[key, value] : texts) {
        if (!value.isEmpty())
            fields.emplace_back(key, QByteArrayView(value));
    }
    fields.emplace_back("status", record.status);
    fields.emplace_back("duration_ms", inMilliseconds(record.duration()));
    if (const auto firstByte = record.timeToFirstByte())
        fields.emplace_back("first_byte_ms", inMilliseconds(*firstByte));
    if (record.asksModel) {
        fields.emplace_back("stream", record.stream);
        fields.emplace_back("attempts", record.attempts);
        fields.emplace_back("fallback", record.fallbackUsed);
        if (record.isHedged)
            fields.emplace_back("hedged", true);
    }
    if (record.cacheUse != CacheUse::None)
        fields.emplace_back("cache", record.cacheUse == CacheUse::Hit ? "hit" : "miss");
    if (record.savedUsage) {
        fields.emplace_back("tokens_saved_in", record.savedUsage->promptTokens());
        fields.emplace_back("tokens_saved_out", record.savedUsage->completionTokens());
    }
    if (record.usage) {
        fields.emplace_back("tokens_in", record.usage->promptTokens());
        fields.emplace_back("tokens_out", record.usage->completionTokens());
        if (record.usage->cachedInput > 0)
            fields.emplace_back("tokens_cached", record.usage->cachedInput);
        if (record.usage->reasoning > 0)
            fields.emplace_back("tokens_reasoning", record.usage->reasoning);
        if (record.usage->isEstimated)
            fields.emplace_back("tokens_estimated", true);
    }
    if (record.cost) {
        if (record.cost->amount)
            fields.emplace_back("cost_usd", record.cost->amount->dollars());
        fields.emplace_back("cost_source", nameOf(record.cost->source));
    }
    if (record.savedCost)
        fields.emplace_back("cost_saved_usd", record.savedCost->dollars());
    fields.emplace_back("bytes_in", record.bytesIn);
    fields.emplace_back("bytes_out", record.bytesOut);
    logEvent(accessLog(), LogLevel::Info, "request", std::span<const LogField>(fields.data(), size_t(fields.size())));
}

} // namespace lunargate
