// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/answer_headers.h"

#include "gateway/observability/redaction.h"

#include <algorithm>

namespace lunargate::headers {

namespace {

bool startsWith(QByteArrayView name, QByteArrayView prefix)
{
    return name.size() >= prefix.size() && name.first(prefix.size()).compare(prefix, Qt::CaseInsensitive) == 0;
}

bool isForClients(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {"retry-after", "retry-after-ms", "openai-processing-ms"};
    static constexpr QByteArrayView kPrefixes[] = {"x-ratelimit-", "anthropic-ratelimit-", "anthropic-priority-"};
    return std::ranges::any_of(kNames, [&](QByteArrayView n) { return n.compare(name, Qt::CaseInsensitive) == 0; }) ||
           std::ranges::any_of(kPrefixes, [&](QByteArrayView prefix) { return startsWith(name, prefix); });
}

// Anthropic's name of it has no `x-`.
bool isRequestId(QByteArrayView name)
{
    return name.compare("x-request-id", Qt::CaseInsensitive) == 0 ||
           name.compare("request-id", Qt::CaseInsensitive) == 0;
}

// Most are small: these need no memory of their own.
QByteArray numberText(qint64 number)
{
    static constexpr char kDigits[] = "0123456789";
    return number >= 0 && number <= 9 ? QByteArray::fromRawData(kDigits + number, 1) : QByteArray::number(number);
}

QByteArray wholeMilliseconds(std::chrono::nanoseconds duration)
{
    return numberText(static_cast<qint64>(duration / std::chrono::milliseconds(1)));
}

} // namespace

void copyProviderHeaders(const HeaderList &from, ResponseWriter &response)
{
    for (const HeaderList::Field &field : from) {
        // What the gateway's own limits say is what its client meets first.
        if (isForClients(field.name) && !response.headers().contains(field.name))
            response.setHeader(field.name, redacted(field.value));
        else if (isRequestId(field.name))
            response.setHeader(kUpstreamRequestId, redacted(field.value));
    }
}

void setTarget(const RequestRecord &record, ResponseWriter &response)
{
    response.setHeader(kProvider, record.provider);
    QByteArray model;
    model.reserve(record.provider.size() + 1 + record.model.size());
    response.setHeader(kModel, model.append(record.provider).append('/').append(record.model));
}

void setAttempts(const RequestRecord &record, ResponseWriter &response)
{
    response.setHeader(kAttempts, numberText(record.attempts));
    const bool failedOnAFallback = record.fallbackTried && !record.firstByteAt;
    if (record.fallbackUsed || failedOnAFallback)
        response.setHeader(kFallbackUsed, "true");
    if (record.isHedged)
        response.setHeader(kHedged, "true");
}

void setAge(std::chrono::nanoseconds age, ResponseWriter &response)
{
    response.setHeader("Age", numberText(std::max<qint64>(age / std::chrono::seconds(1), 0)));
}

void setDroppedParams(const std::vector<QByteArray> &names, ResponseWriter &response)
{
    constexpr qsizetype kMaxBytes = 1024; // the names are the client's own
    QByteArray list;
    for (auto it = names.begin(); it != names.end(); ++it) {
        const QByteArray &name = *it;
        if (std::find(names.begin(), it, name) != it)
            continue;
        if (list.size() + name.size() > kMaxBytes) {
            list += ", ...";
            break;
        }
        list += (list.isEmpty() ? "" : ", ") + name;
    }
    if (!list.isEmpty())
        response.setHeader(kDroppedParams, redacted(list));
}

void setTiming(const RequestRecord &record, ResponseWriter &response)
{
    const auto duration = record.duration();
    response.setHeader(kLatency, wholeMilliseconds(duration));
    response.setHeader(kOverhead, wholeMilliseconds(record.timeToUpstream().value_or(duration)));
}

void setOverhead(const RequestRecord &record, ResponseWriter &response)
{
    response.setHeader(kOverhead, wholeMilliseconds(record.timeToUpstream().value_or(record.duration())));
}

void setCost(const RequestRecord &record, ResponseWriter &response)
{
    if (record.cost)
        response.setHeader(kCost, record.cost->amount ? record.cost->amount->toText() : QByteArrayLiteral("unknown"));
    if (record.savedCost)
        response.setHeader(kCostSaved, record.savedCost->toText());
}

void startStream(QByteArrayView contentType, ResponseWriter &response)
{
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Accel-Buffering", "no"); // or nginx in front of us would collect the stream
    response.startStream(200, contentType);
}

QByteArray retryAfterSeconds(std::chrono::milliseconds wait)
{
    return QByteArray::number(static_cast<qint64>(std::chrono::ceil<std::chrono::seconds>(wait).count()));
}

} // namespace lunargate::headers
