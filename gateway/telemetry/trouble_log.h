// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/telemetry/otlp_payload.h"

#include <QByteArray>

#include <optional>

namespace lunargate {

/// Tells the log what is wrong with the calls for one signal: when it begins, every 30 seconds at most, and when
/// nothing has been wrong for so long.
class TroubleLog
{
public:
    /// What is told beside the problem itself.
    struct Situation
    {
        QByteArray endpoint; ///< as it is configured
        qint64 waiting = 0;  ///< requests
        qint64 droppedSpans = 0;
    };

    /// `traces` or `metrics`.
    explicit TroubleLog(const char *signal) : m_signal(signal) {}

    /// After each call.
    void note(const DeliveryOutcome &outcome, const DeliveryDecision &decision, const PartialSuccess &partial,
              const Situation &situation, TimePoint now);

private:
    const char *m_signal;
    std::optional<TimePoint> m_toldAt; // when trouble was told last; nothing: it works
    TimePoint m_troubleAt{};           // when there was some last
};

} // namespace lunargate
