// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"

#include <deque>
#include <mutex>
#include <vector>

namespace lunargate {

/// Requests on their way from the workers to the collector's thread. Any thread; nobody ever waits for more than the
/// lock.
class CollectorQueue
{
public:
    struct Limits
    {
        size_t requests = 0;
        qint64 bytes = 0;
    };

    /// What somebody must do who has not been told so yet.
    enum class Wake {
        Nothing,
        Soon, ///< there is something
        Now,  ///< there is enough for a batch
        Full, ///< half of the room is taken: some of it should wait elsewhere
    };

    /// What is more than `most` is dropped; `batch` is what take() gives at once.
    CollectorQueue(Limits most, Limits batch) : m_most(most), m_batch(batch) {}

    Wake add(CollectedRequest request);
    /// The oldest, a batch at the most, but one at least if there is any.
    std::vector<CollectedRequest> takeBatch();
    /// Takes back what takeBatch() gave last, whether there is room or not.
    void putBack(std::vector<CollectedRequest> batch);
    /// From now on nothing that waits says more than `allowed`.
    void narrow(Sharing allowed);
    /// Drops everything.
    void clear();

    size_t size() const;
    bool hasBatch() const;
    /// Whether half of the room is taken.
    bool isHalfFull() const;
    /// How many requests were added, dropped ones included, and how many of these were dropped.
    qint64 added() const;
    qint64 dropped() const;

private:
    bool hasBatchLocked() const { return m_requests.size() >= m_batch.requests || m_bytes >= m_batch.bytes; }
    bool isHalfFullLocked() const { return m_requests.size() * 2 >= m_most.requests || m_bytes * 2 >= m_most.bytes; }

    const Limits m_most;
    const Limits m_batch;
    mutable std::mutex m_mutex; // protects the members below
    std::deque<CollectedRequest> m_requests;
    qint64 m_bytes = 0;
    qint64 m_added = 0;
    qint64 m_dropped = 0;
};

} // namespace lunargate
