// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collected_request.h"
#include "gateway/collector/collector_queue.h"
#include "gateway/collector/collector_status.h"
#include "gateway/config/config.h"

#include <QThread>

#include <atomic>
#include <memory>

namespace lunargate {

class CollectorSender;

/// Tells the collector of the LunarGate Dashboard about requests for models, if data_sharing says so, by a thread of
/// its own. Any thread, but for start() and apply().
class Collector
{
public:
    explicit Collector(DataSharingConfig settings);
    /// Sends what waits, or leaves it to the disk, in three seconds at most; longer only if the disk hangs.
    ~Collector();

    /// From now on requests are told, if they are to be. Main thread, once.
    void start();
    /// Takes over other settings. Main thread.
    void apply(const DataSharingConfig &settings);

    /// For a request that begins: what it is to fill. Null if nothing is to be told.
    std::unique_ptr<CollectedRequest> begin() const;
    /// Costs a worker some microseconds. If more come than can be sent or kept they are dropped, and counted.
    void add(CollectedRequest request);

    CollectorStatus status() const;

private:
    void note();

    DataSharingConfig m_settings;
    bool m_hasStarted = false;
    std::atomic<bool> m_isActive = false;
    std::atomic<bool> m_sharesPrompts = false;
    std::atomic<bool> m_sharesResponses = false;
    CollectorQueue m_queue;
    std::unique_ptr<CollectorSender> m_sender; // in m_thread
    QThread m_thread;                          // runs from the first time that there is something to tell
};

} // namespace lunargate
