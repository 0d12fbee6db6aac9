// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/config/config.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/delivery/delivery_world.h"
#include "gateway/telemetry/genai_metrics.h"
#include "gateway/telemetry/otlp_payload.h"
#include "gateway/telemetry/span_writer.h"
#include "gateway/telemetry/telemetry_queue.h"
#include "gateway/telemetry/telemetry_status.h"
#include "gateway/telemetry/trouble_log.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace lunargate {

/// Takes requests from the queue, makes spans and metrics of them, and brings these to OpenTelemetry's collector: spans
/// batch by batch, each as often as it takes; metrics at each interval, as they then are. Everything but status()
/// belongs to the exporter's own thread.
class TelemetryExporter : public QObject
{
    Q_OBJECT

public:
    TelemetryExporter(TelemetryQueue &queue, DeliveryWorld world);

    /// Takes over these settings, also for what waits: what may not be told any more is forgotten.
    void apply(const TelemetryConfig &settings);

    /// What the queue asks for.
    void wake(TelemetryQueue::Wake wake);

    /// Sends what waits, without waiting itself, as far as `deadline` allows; then calls `closed` from the event loop.
    void close(TimePoint deadline, std::function<void()> closed);

    /// Without what only the queue knows. Any thread.
    TelemetryStatus status() const;

private:
    /// Spans or metrics.
    struct Signal
    {
        const char *path;
        TroubleLog trouble;
        std::atomic<qint64> sent = 0; // calls
        std::atomic<qint64> failed = 0;
        bool hasGivenUp = false; // while closing: the collector is not there
        TaskRunner runner = {};
    };
    using Spans = std::deque<WrittenSpans>; // one entry a request

    bool isActive() const { return m_network && !m_settings.endpoint.isEmpty(); }
    bool tellsMetrics() const { return isActive() && m_settings.metrics; }
    bool tellsContent() const;
    QByteArray sums() const;
    void cancelForbidden();
    void sendAll();
    void drain();
    void keep(WrittenSpans spans);
    bool isForbidden(const WrittenSpans &spans) const;
    void forgetForbidden(Spans &spans);
    qint64 settle(Spans &spans);
    Spans takeBatch();
    void start(Signal &signal, Task<> task);
    Task<> deliverSpans();
    Task<> deliverBatch();
    void planMetrics(milliseconds delay);
    void exportMetrics();
    Task<> deliverMetrics();
    Task<DeliveryOutcome> send(const Signal &signal, QByteArray payload);
    qint64 note(Signal &signal, const DeliveryOutcome &outcome, const DeliveryDecision &decision);
    void finished();
    void endClosing();

    TelemetryQueue &m_queue;
    const DeliveryWorld m_world;
    const QByteArray m_instance;          // tells this run of the program from all others
    std::unique_ptr<Transport> m_network; // from the first settings on
    TelemetryConfig m_settings;
    const NameTable *m_names = nullptr; // from the first settings on, as the two below
    QByteArray m_resource;
    std::optional<GenAiMetrics> m_metrics;
    QByteArray m_lastSums;  // with the names before, to be sent once
    Spans m_spans;          // that wait
    Spans m_batch;          // that are being sent
    qint64 m_spanBytes = 0; // of both
    Signal m_traceSignal{.path = "/v1/traces", .trouble = TroubleLog("traces")};
    Signal m_metricSignal{.path = "/v1/metrics", .trouble = TroubleLog("metrics")};
    bool m_areMetricsDue = false;
    int m_metricTries = 0; // in vain, one after the other
    QTimer m_lingerTimer;
    QTimer m_metricTimer;
    QTimer m_closeTimer;
    Event m_hurry;                  // a pause is to end
    std::function<void()> m_closed; // set while closing
    TimePoint m_closeBy = kNever;
    TimePoint m_contentBy = kNever; // what was said is not written any more then
    std::atomic<qint64> m_waiting = 0;
    std::atomic<qint64> m_dropped = 0; // requests
    std::atomic<qint64> m_sentSpans = 0;
    std::atomic<qint64> m_droppedSpans = 0;
    std::atomic<qint64> m_failedSpans = 0;
    std::atomic<qint64> m_rejectedSpans = 0;
};

} // namespace lunargate
