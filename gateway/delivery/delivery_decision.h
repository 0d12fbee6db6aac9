// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace lunargate {

/// What a service answered to a batch.
struct DeliveryOutcome
{
    int status = 0; ///< 0: no answer came
    std::optional<std::chrono::milliseconds> retryAfter = {};
    QByteArray problem = {}; ///< for the log: why no answer came
    QByteArray answer = {};  ///< its body, or the beginning of a long one
};

/// What went wrong, for the log: `status 503`, or why no answer came.
QByteArray problemOf(const DeliveryOutcome &outcome);

/// Whether a status may be another one the next time; 0: no answer came.
using IsPassing = bool (*)(int status);
/// That of services that say nothing else about it: 408, 429, 5xx, no answer.
bool isPassing(int status);

struct DeliveryDecision
{
    enum class Step {
        Done,
        Retry,  ///< after `delay`
        GiveUp, ///< it would be refused again
    };

    Step step = Step::Done;
    std::chrono::milliseconds delay{0};

    bool operator==(const DeliveryDecision &) const = default;
};

/// What follows on an attempt (from 1) to deliver a batch; `random` in [0, 1) spreads the delay. There is no last
/// attempt: what limits a service's absence is the room for what waits.
DeliveryDecision decideDelivery(const DeliveryOutcome &outcome, int attempt, double random,
                                IsPassing mayPass = &isPassing);

} // namespace lunargate
