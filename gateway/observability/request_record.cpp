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

void RequestRecord::finish()
{
    finishedAt = Clock::now();
    for (AttemptRecord &attempt : attemptRecords) {
        if (attempt.finishedAt)
            continue;
        attempt.finishedAt = finishedAt;
        if (hasFailed()) {
            attempt.outcome = AttemptOutcome::Cancelled;
            attempt.errorReason = errorReason;
        }
    }
    std::ranges::sort(attemptRecords, {}, &AttemptRecord::startedAt);
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
    auto own = timeToUpstream();
    if (!own)
        return std::nullopt;
    if (!attemptRecords.empty())
        *own -= attemptRecords.front().waited;
    if (stream)
        *own += passingOn;
    else if (firstByteAt)
        *own += finishedAt.value_or(Clock::now()) - *firstByteAt;
    return own;
}

} // namespace lunargate
