// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/telemetry/telemetry_queue.h"
#include "gateway/telemetry/telemetry_status.h"

#include <QThread>

#include <atomic>
#include <memory>

namespace lunargate {

class TelemetryExporter;

/// Tells OpenTelemetry's collector about requests for models, if `telemetry` names one, by a thread of its own. Any
/// thread, but for start() and apply().
class Telemetry
{
public:
    explicit Telemetry(TelemetryConfig settings);
    /// Sends what waits, for three seconds at most.
    ~Telemetry();

    /// From now on requests are told, if they are to be. Main thread, once.
    void start();
    /// Takes over other settings. Main thread.
    void apply(const TelemetryConfig &settings);

    /// For a request that begins under `config`, with the headers of its client: what it is to fill. Null if nothing is
    /// to be told.
    std::unique_ptr<TracedRequest> begin(const std::shared_ptr<const Config> &config, const HeaderList &client) const;
    /// Costs a worker some microseconds. If more come than can be sent they are dropped, and counted.
    void add(TracedRequest request);

    TelemetryStatus status() const;

private:
    void note();
    bool isTurnedAwaySampled(const TracedRequest &request);

    TelemetryConfig m_settings;
    bool m_hasStarted = false;
    std::atomic<bool> m_isActive = false;
    TelemetryQueue m_queue;
    std::unique_ptr<TelemetryExporter> m_exporter; // in m_thread
    QThread m_thread;                              // runs from the first time that there is something to tell
};

} // namespace lunargate
