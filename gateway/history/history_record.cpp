// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_record.h"

#include "gateway/observability/request_record.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace lunargate {

namespace {

using std::chrono::microseconds;

microseconds inMicroseconds(std::chrono::nanoseconds duration)
{
    return std::chrono::floor<microseconds>(duration);
}

std::optional<microseconds> inMicroseconds(std::optional<std::chrono::nanoseconds> duration)
{
    return duration.transform([](std::chrono::nanoseconds known) { return inMicroseconds(known); });
}

QByteArray cacheWord(CacheUse use)
{
    switch (use) {
    case CacheUse::None:
        return QByteArrayLiteral("none");
    case CacheUse::Miss:
        return QByteArrayLiteral("miss");
    case CacheUse::Hit:
        return QByteArrayLiteral("hit");
    }
    Q_UNREACHABLE_RETURN({});
}

HistoryAttempt historyAttempt(const AttemptRecord &attempt, TimePoint requestStart)
{
    HistoryAttempt result{.provider = attempt.provider,
                          .model = attempt.model,
                          .outcome = QByteArray::fromRawData(outcomeLabel(attempt.outcome),
                                                             qsizetype(qstrlen(outcomeLabel(attempt.outcome)))),
                          .status = attempt.status,
                          .error = attempt.errorReason,
                          .errorCode = attempt.errorCode,
                          .startedAfter = inMicroseconds(attempt.startedAt - requestStart),
                          .waited = inMicroseconds(attempt.waited),
                          .phases = attempt.phases};
    if (attempt.firstByteAt)
        result.timeToFirstByte = inMicroseconds(*attempt.firstByteAt - attempt.startedAt);
    if (attempt.finishedAt)
        result.duration = inMicroseconds(*attempt.finishedAt - attempt.startedAt);
    return result;
}

qint64 bytesOf(const HistoryMessages &messages)
{
    qint64 sum = sizeof messages;
    for (const std::optional<HistoryMessage> &message : messages.parts) {
        if (!message)
            continue;
        sum += message->body.size() + std::ssize(message->frames) * qint64(sizeof(HistoryFrame));
        for (const HeaderList::Field &field : message->headers)
            sum += field.name.size() + field.value.size() + qint64(sizeof field);
    }
    return sum;
}

} // namespace

std::chrono::sys_time<microseconds> HistoryRecord::time() const
{
    return std::chrono::sys_time<microseconds>(microseconds(position / kPositionsInMicrosecond));
}

qint64 HistoryRecord::bytes() const
{
    qint64 sum = qint64(sizeof *this) + std::ssize(attempts) * qint64(sizeof(HistoryAttempt));
    visitTexts(*this, [&sum](const QByteArray &text) { sum += text.size(); });
    return messages ? sum + bytesOf(*messages) : sum;
}

qint64 positionOf(std::chrono::sys_time<microseconds> time)
{
    // Filters may name any day.
    constexpr qint64 most = std::numeric_limits<qint64>::max() / kPositionsInMicrosecond;
    return std::clamp<qint64>(time.time_since_epoch().count(), -most, most) * kPositionsInMicrosecond;
}

HistoryRecord historyRecord(const RequestRecord &record)
{
    HistoryRecord result{
        .position = positionOf(std::chrono::floor<microseconds>(record.time)),
        .id = record.requestId,
        .clientRequestId = record.clientRequestId,
        .endpoint = record.endpoint,
        .caller = record.caller,
        .client = record.client,
        .route = record.route,
        .provider = record.provider,
        .model = record.model,
        .modelAsked = record.modelAsked,
        .modelServed = record.modelServed,
        .finishReason = record.finishReason,
        .status = record.status,
        .error = record.errorReason,
        .errorType = record.errorType,
        .errorMessage = record.errorMessage,
        .stream = record.stream,
        .fallbackUsed = record.fallbackUsed,
        .isHedged = record.isHedged,
        .cache = cacheWord(record.cacheUse),
        .attemptCount = record.attempts,
        .retries = record.retries,
        .timeToUpstream = inMicroseconds(record.timeToUpstream()),
        .timeToFirstByte = inMicroseconds(record.timeToFirstByte()),
        .duration = inMicroseconds(record.duration()),
        .usage = record.usage,
        .bytesIn = record.bytesIn,
        .bytesOut = record.bytesOut,
    };
    result.attempts.reserve(record.attemptRecords.size());
    std::ranges::transform(record.attemptRecords, std::back_inserter(result.attempts),
                           [&](const AttemptRecord &attempt) { return historyAttempt(attempt, record.startedAt); });
    if (result.usage)
        result.usage->cost.reset(); // is part of the record's
    if (record.savedUsage)
        result.savedTokens = record.savedUsage->totalTokens();
    if (record.savedCost)
        result.savedUsd = record.savedCost->dollars();
    result.savedTime = std::max(inMicroseconds(record.savedDuration) - result.duration, microseconds(0));
    if (record.cost) {
        if (record.cost->amount)
            result.costUsd = record.cost->amount->dollars();
        const char *source = nameOf(record.cost->source);
        result.costSource = QByteArray::fromRawData(source, qsizetype(qstrlen(source)));
    }
    return result;
}

} // namespace lunargate
