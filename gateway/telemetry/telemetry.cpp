// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/telemetry.h"

#include "gateway/telemetry/telemetry_exporter.h"

namespace lunargate {

namespace {

constexpr qint64 kMiB = 1024LL * 1024;
constexpr TelemetryQueue::Limits kMost{
    .requests = 20'000, .bytes = 64 * kMiB, .contentBytes = 48 * kMiB, .hurry = 500, .hurryBytes = kMiB};
constexpr auto kClosingTime = std::chrono::seconds(3);

bool tellsAnything(const TelemetryConfig &settings)
{
    return !settings.endpoint.isEmpty() && (settings.traces || settings.metrics);
}

} // namespace

Telemetry::Telemetry(TelemetryConfig settings)
    : m_settings(std::move(settings)),
      m_queue(kMost),
      m_exporter(std::make_unique<TelemetryExporter>(m_queue, DeliveryWorld::real()))
{
    m_thread.setObjectName(QStringLiteral("telemetry"));
}

Telemetry::~Telemetry()
{
    if (!m_thread.isRunning())
        return;
    m_isActive = false;
    const TimePoint deadline = Clock::now() + kClosingTime;
    QMetaObject::invokeMethod(
        m_exporter.get(), [this, deadline] { m_exporter->close(deadline, [this] { m_thread.quit(); }); },
        Qt::QueuedConnection);
    m_thread.wait();
}

void Telemetry::start()
{
    m_hasStarted = true;
    note();
}

void Telemetry::apply(const TelemetryConfig &settings)
{
    if (settings == m_settings)
        return;
    m_settings = settings;
    if (m_hasStarted)
        note();
}

void Telemetry::note()
{
    const bool isActive = tellsAnything(m_settings);
    if (!m_thread.isRunning()) {
        if (!isActive)
            return;
        m_exporter->moveToThread(&m_thread);
        m_thread.start();
    }
    QMetaObject::invokeMethod(
        m_exporter.get(), [this, settings = m_settings] { m_exporter->apply(settings); }, Qt::QueuedConnection);
    m_isActive = isActive; // behind it: the exporter must know the settings when requests come
}

std::unique_ptr<TracedRequest> Telemetry::begin(const std::shared_ptr<const Config> &config,
                                                const HeaderList &client) const
{
    const TelemetryConfig &settings = config->telemetry;
    if (!m_isActive.load(std::memory_order_relaxed) || !tellsAnything(settings))
        return nullptr;
    auto request = std::make_unique<TracedRequest>();
    request->config = config;
    request->isMeasured = settings.metrics;
    if (settings.traces)
        request->trace = TraceContext::begin(client, settings.sampleRatio);
    if (settings.content && request->hasSpans())
        request->content = std::make_unique<TracedContent>();
    return request;
}

void Telemetry::add(TracedRequest request)
{
    using Wake = TelemetryQueue::Wake;
    if (request.record.isTurnedAway && request.hasSpans())
        request.trace->isSampled = isTurnedAwaySampled(request);
    if (!m_isActive.load(std::memory_order_relaxed) || !request.isTold())
        return;
    const Wake wake = m_queue.add(std::move(request));
    if (wake != Wake::Nothing)
        QMetaObject::invokeMethod(m_exporter.get(), [this, wake] { m_exporter->wake(wake); }, Qt::QueuedConnection);
}

// Its client has no say: the ratio is held, whatever the trace's id.
bool Telemetry::isTurnedAwaySampled(const TracedRequest &request)
{
    const bool wasClientsWish = request.trace->parentId != 0;
    if (wasClientsWish && !isWithinRatio(TraceId::random(), request.config->telemetry.sampleRatio))
        return false;
    return m_queue.admitTurnedAway(Clock::now());
}

TelemetryStatus Telemetry::status() const
{
    TelemetryStatus status = m_exporter->status();
    status.queued = m_queue.added();
    status.dropped += m_queue.dropped();
    status.waiting += static_cast<qint64>(m_queue.size());
    status.droppedSpans += m_queue.droppedSpans();
    return status;
}

} // namespace lunargate
