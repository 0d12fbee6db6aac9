// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits/token_bucket.h"
#include "gateway/telemetry/traced_request.h"

#include <atomic>
#include <mutex>
#include <vector>

namespace lunargate {

/// Requests on their way from the workers to the exporter's thread, which takes all of them at once. Any thread; nobody
/// ever waits for more than the lock.
class TelemetryQueue
{
public:
    struct Limits
    {
        size_t requests = 0;
        qint64 bytes = 0;
        qint64 contentBytes = 0; ///< when there are so many, what was said is left out of further requests
        size_t hurry = 0;        ///< so many requests are not left waiting
        qint64 hurryBytes = 0;   ///< nor are so many bytes
    };

    /// What somebody must do who has not been told so yet.
    enum class Wake {
        Nothing,
        Soon, ///< there is something
        Now,  ///< there is much
    };

    explicit TelemetryQueue(Limits limits) : m_limits(limits) {}

    /// What is over the limits is dropped.
    Wake add(TracedRequest request);
    std::vector<TracedRequest> takeAll();

    /// Whether one more request that was turned away is to have a span; takes its place. Anybody can send such
    /// requests: a hundred at once, and one a minute.
    bool admitTurnedAway(TimePoint now);

    size_t size() const;
    /// How many requests were added, dropped ones included; and how many of them, with how many spans, were dropped.
    qint64 added() const { return m_added.load(std::memory_order_relaxed); }
    qint64 dropped() const { return m_dropped.load(std::memory_order_relaxed); }
    qint64 droppedSpans() const { return m_droppedSpans.load(std::memory_order_relaxed); }

private:
    const Limits m_limits;
    mutable std::mutex m_mutex; // protects the three members below
    std::vector<TracedRequest> m_requests;
    qint64 m_bytes = 0;
    TokenBucket m_turnedAway{{.perMinute = 1, .capacity = 100}, Clock::now()};
    std::atomic<qint64> m_added = 0;
    std::atomic<qint64> m_dropped = 0;
    std::atomic<qint64> m_droppedSpans = 0;
};

} // namespace lunargate
