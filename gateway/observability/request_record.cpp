// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/request_record.h"

#include <algorithm>

namespace lunargate {

void RequestRecord::setError(const Error &error)
{
    status = httpStatus(error);
    errorKind = error.kind;
    errorReason = error.reason;
    errorMessage = error.message;
    errorType = lunargate::errorType(error);
}

void RequestRecord::addAttempt(AttemptRecord attempt)
{
    if (attemptRecords.size() < kMostAttemptRecords)
        attemptRecords.push_back(std::move(attempt));
    else
        attemptRecords.back() = std::move(attempt);
}

void RequestRecord::breakAttempt(const Error &error)
{
    if (attemptRecords.empty() || attemptRecords.back().finishedAt)
        return;
    attemptRecords.back().setError(error);
    attemptRecords.back().finishedAt = Clock::now();
}

std::optional<AttemptOutcome> RequestRecord::finish()
{
    finishedAt = Clock::now();
    std::optional<AttemptOutcome> ended;
    for (AttemptRecord &attempt : attemptRecords) {
        if (attempt.finishedAt)
            continue;
        attempt.finishedAt = finishedAt;
        if (hasFailed()) {
            const bool isOurFault = errorKind == ErrorKind::Internal;
            attempt.outcome = isOurFault ? AttemptOutcome::InternalError : AttemptOutcome::Cancelled;
            attempt.errorReason = errorReason;
        }
        ended = attempt.outcome;
    }
    std::ranges::sort(attemptRecords, {}, &AttemptRecord::startedAt);
    return ended;
}

void RequestRecord::noteWait(std::chrono::nanoseconds length)
{
    if (!upstreamStartedAt)
        waited += length;
}

std::chrono::nanoseconds RequestRecord::duration() const
{
    return finishedAt.value_or(Clock::now()) - startedAt;
}

std::optional<std::chrono::nanoseconds> RequestRecord::timeToFirstByte() const
{
    return firstByteAt.transform([this](TimePoint at) { return std::chrono::nanoseconds(at - startedAt); });
}

std::optional<std::chrono::nanoseconds> RequestRecord::timeToUpstream() const
{
    return upstreamStartedAt.transform([this](TimePoint at) { return std::chrono::nanoseconds(at - startedAt); });
}

std::optional<std::chrono::nanoseconds> RequestRecord::ownTime() const
{
    if (!upstreamStartedAt)
        return std::nullopt;
    std::chrono::nanoseconds own = *upstreamStartedAt - readAt - waited;
    if (stream)
        own += passingOn;
    else if (firstByteAt)
        own += finishedAt.value_or(Clock::now()) - *firstByteAt;
    return own;
}

} // namespace lunargate
