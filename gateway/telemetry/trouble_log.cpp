// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/trouble_log.h"

#include "gateway/config/masked_url.h"
#include "gateway/observability/logging.h"

namespace lunargate {

namespace {

constexpr std::chrono::seconds kTellInterval{30};
constexpr qsizetype kLongestText = 500;

QByteArrayView messageFor(const DeliveryOutcome &outcome, DeliveryDecision::Step step)
{
    if (step == DeliveryDecision::Step::Done)
        return "the OpenTelemetry collector rejected a part of the data";
    if (step == DeliveryDecision::Step::Retry)
        return "the OpenTelemetry collector did not take data; it waits and is sent again";
    if (outcome.status == 401 || outcome.status == 403)
        return "the OpenTelemetry collector refused the credentials; check telemetry.headers";
    return "the OpenTelemetry collector refused data; check telemetry.endpoint";
}

} // namespace

void TroubleLog::note(const DeliveryOutcome &outcome, const DeliveryDecision &decision, const PartialSuccess &partial,
                      const Situation &situation, TimePoint now)
{
    const bool isTaken = decision.step == DeliveryDecision::Step::Done;
    if (isTaken && partial.rejected == 0) {
        if (m_toldAt && now - m_troubleAt >= kTellInterval) {
            m_toldAt.reset();
            logEvent(telemetryLog(), LogLevel::Info, "the OpenTelemetry collector takes data again",
                     {{"signal", m_signal}});
        }
        return;
    }
    m_troubleAt = now;
    if (m_toldAt && now - *m_toldAt < kTellInterval)
        return;
    m_toldAt = now;
    logEvent(telemetryLog(), LogLevel::Warning, messageFor(outcome, decision.step),
             {{"endpoint", maskedUrl(situation.endpoint)},
              {"signal", m_signal},
              {"problem", problemOf(outcome)},
              {"text", partial.message.left(kLongestText)},
              {"rejected", partial.rejected},
              {"waiting", situation.waiting},
              {"dropped_spans", situation.droppedSpans}});
}

} // namespace lunargate
