// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/telemetry/otlp_payload.h"

#include <QByteArray>

namespace lunargate {

/// Tells the log what is wrong with the calls for one signal: when it begins, every 30 seconds, and when it is over.
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
    bool isNews(const QByteArray &problem, TimePoint now);

    const char *m_signal;
    QByteArray m_problem; // the last one that was told; empty: it works
    TimePoint m_toldAt{};
};

} // namespace lunargate
