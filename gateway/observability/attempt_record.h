// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/error.h"
#include "gateway/upstream/phase_times.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace lunargate {

/// How one call to a provider ended.
enum class AttemptOutcome {
    Success,
    RateLimited, ///< 429
    ClientError, ///< any other 4xx
    ServerError, ///< 5xx
    Timeout,
    Transport,     ///< not reached, or the connection broke
    Protocol,      ///< the answer made no sense
    Cancelled,     ///< the client went away
    Superseded,    ///< given up because another target answered first
    InternalError, ///< a fault of ours
};

/// The outcome of an attempt that failed with `error`.
AttemptOutcome attemptOutcome(const Error &error);

/// The word for it in metrics and in the history, for example `rate_limited`.
const char *outcomeLabel(AttemptOutcome outcome);

/// What is told about one call to a provider.
struct AttemptRecord
{
    QByteArray provider = {};
    QByteArray model = {}; ///< without provider prefix
    AttemptOutcome outcome = AttemptOutcome::Success;
    int status = 0;                         ///< that the provider answered with; 0: it did not
    QByteArray errorReason = {};            ///< stable token, empty on success
    QByteArray errorCode = {};              ///< the provider's own, if it sent one
    quint64 spanId = 0;                     ///< in the request's trace; 0: it has none
    std::chrono::nanoseconds waited{0};     ///< before it: back-off, and for a slot of the provider's
    TimePoint startedAt = Clock::now();     ///< the call began
    std::optional<TimePoint> firstByteAt{}; ///< the first useful byte came
    std::optional<TimePoint> finishedAt{};  ///< empty: the answer is still coming
    std::optional<PhaseTimes> phases{};     ///< empty: nobody knows, for example of a call that was given up

    /// Notes how it failed.
    void setError(const Error &error);
};

} // namespace lunargate
