// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/request_record.h"

namespace lunargate {

void RequestRecord::setError(const Error &error)
{
    status = httpStatus(error);
    errorKind = error.kind;
    errorReason = error.reason;
    errorType = lunargate::errorType(error);
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

} // namespace lunargate
