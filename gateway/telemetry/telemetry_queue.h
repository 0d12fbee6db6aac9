// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
        size_t hurry = 0; ///< so many are not left waiting
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

    size_t size() const;
    /// How many requests were added, dropped ones included; and how many of them, with how many spans, were dropped.
    qint64 added() const { return m_added.load(std::memory_order_relaxed); }
    qint64 dropped() const { return m_dropped.load(std::memory_order_relaxed); }
    qint64 droppedSpans() const { return m_droppedSpans.load(std::memory_order_relaxed); }

private:
    const Limits m_limits;
    mutable std::mutex m_mutex; // protects the two members below
    std::vector<TracedRequest> m_requests;
    qint64 m_bytes = 0;
    std::atomic<qint64> m_added = 0;
    std::atomic<qint64> m_dropped = 0;
    std::atomic<qint64> m_droppedSpans = 0;
};

} // namespace lunargate
