// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/telemetry_exporter.h"

#include "gateway/delivery/post.h"
#include "gateway/observability/logging.h"

#include <QUuid>

#include <algorithm>
#include <iterator>
#include <utility>

namespace lunargate {

namespace {

constexpr qint64 kMostSpanBytes = 64LL * 1024 * 1024;
constexpr qint64 kMostContentBytes = 48LL * 1024 * 1024; // with so many bytes waiting, what was said is left out
constexpr qint64 kBatchSpans = 512;
constexpr qint64 kBatchBytes = 1024LL * 1024;

HeaderList headersOf(const TelemetryConfig &settings)
{
    HeaderList headers;
    for (const auto &[name, value] : settings.headers)
        headers.add(name, value);
    return headers;
}

} // namespace

TelemetryExporter::TelemetryExporter(TelemetryQueue &queue, DeliveryWorld world)
    : m_queue(queue),
      m_world(std::move(world)),
      m_instance(QUuid::createUuid().toByteArray(QUuid::WithoutBraces)),
      m_lingerTimer(this),
      m_metricTimer(this),
      m_closeTimer(this)
{
    m_traceSignal.runner.setParent(this); // so that they move to the thread, too
    m_metricSignal.runner.setParent(this);
    m_lingerTimer.setSingleShot(true);
    m_lingerTimer.setInterval(m_world.linger);
    connect(&m_lingerTimer, &QTimer::timeout, this, &TelemetryExporter::sendAll);
    m_metricTimer.setSingleShot(true);
    connect(&m_metricTimer, &QTimer::timeout, this, &TelemetryExporter::exportMetrics);
    m_closeTimer.setSingleShot(true);
    connect(&m_closeTimer, &QTimer::timeout, this, &TelemetryExporter::endClosing);
}

void TelemetryExporter::apply(const TelemetryConfig &settings)
{
    m_settings.content = m_settings.content && settings.content;
    if (isActive())
        drain(); // what came under the settings before, as these allow, too
    const NameTable *names = &nameTable(settings.genAiNames);
    const bool mayGoOn = m_metrics && settings.metrics && names == m_names;
    if (!mayGoOn && tellsMetrics())
        m_lastSums = sums();
    m_settings = settings;
    m_names = names;
    m_resource = resourceAttributes(settings, *names, m_instance);
    if (!m_network)
        m_network = m_world.makeTransport();
    if (!mayGoOn)
        m_metrics.emplace(*names, std::chrono::system_clock::now());
    if (!tellsMetrics())
        m_lastSums.clear();
    forgetForbidden(m_spans);
    m_metricTimer.stop();
    planMetrics(settings.metricsInterval);
    if (m_traceSignal.runner.isRunning())
        m_hurry.notify(); // other settings may be better ones
    cancelForbidden();
    sendAll();
    if (!m_lastSums.isEmpty())
        start(m_metricSignal, deliverMetrics());
}

// Calls that are under way with what is not to leave any more.
void TelemetryExporter::cancelForbidden()
{
    const auto isOneForbidden = std::ranges::any_of(m_batch, [this](const auto &one) { return isForbidden(one); });
    if (isOneForbidden && m_traceSignal.runner.isRunning()) {
        m_traceSignal.runner.cancel([this] {
            forgetForbidden(m_batch);
            m_spans.insert(m_spans.begin(), std::move_iterator(m_batch.begin()), std::move_iterator(m_batch.end()));
            m_batch.clear();
            finished();
        });
    }
    if (!tellsMetrics() && m_metricSignal.runner.isRunning())
        m_metricSignal.runner.cancel([this] { finished(); });
}

void TelemetryExporter::wake(TelemetryQueue::Wake wake)
{
    if (m_closed)
        return;
    if (wake == TelemetryQueue::Wake::Now)
        sendAll();
    else if (!m_lingerTimer.isActive())
        m_lingerTimer.start();
}

void TelemetryExporter::sendAll()
{
    m_lingerTimer.stop();
    drain();
    if (!m_spans.empty() && !m_traceSignal.hasGivenUp)
        start(m_traceSignal, deliverSpans());
}

// Also while a batch waits to be sent again: the metrics of later requests do not wait for it.
void TelemetryExporter::drain()
{
    for (const TracedRequest &request : m_queue.takeAll()) {
        if (tellsMetrics() && request.isMeasured)
            m_metrics->add(request);
        if (!request.hasSpans())
            continue;
        if (isActive() && m_settings.traces)
            keep(writeSpans(request, *m_names, tellsContent()));
        else
            m_droppedSpans += request.spanCount();
    }
}

bool TelemetryExporter::tellsContent() const
{
    return m_settings.content && m_spanBytes < kMostContentBytes && (!m_closed || Clock::now() < m_contentBy);
}

void TelemetryExporter::keep(WrittenSpans spans)
{
    if (m_spanBytes + spans.json.size() > kMostSpanBytes) {
        ++m_dropped;
        m_droppedSpans += spans.count;
        return;
    }
    m_spanBytes += spans.json.size();
    ++m_waiting;
    m_spans.push_back(std::move(spans));
}

bool TelemetryExporter::isForbidden(const WrittenSpans &spans) const
{
    return !isActive() || !m_settings.traces || (spans.hasContent && !m_settings.content);
}

void TelemetryExporter::forgetForbidden(Spans &spans)
{
    const auto forbidden =
        std::ranges::stable_partition(spans, [this](const WrittenSpans &one) { return !isForbidden(one); });
    Spans forgotten(std::move_iterator(forbidden.begin()), std::move_iterator(forbidden.end()));
    spans.erase(forbidden.begin(), forbidden.end());
    m_droppedSpans += settle(forgotten);
}

// Nothing more becomes of them. Returns how many there were.
qint64 TelemetryExporter::settle(Spans &spans)
{
    qint64 count = 0;
    for (const WrittenSpans &one : spans) {
        count += one.count;
        m_spanBytes -= one.json.size();
        --m_waiting;
    }
    spans.clear();
    return count;
}

TelemetryExporter::Spans TelemetryExporter::takeBatch()
{
    Spans batch;
    qint64 count = 0;
    qint64 bytes = 0;
    while (!m_spans.empty()) {
        count += m_spans.front().count;
        bytes += m_spans.front().json.size();
        if (!batch.empty() && (count > kBatchSpans || bytes > kBatchBytes))
            break;
        batch.push_back(std::move(m_spans.front()));
        m_spans.pop_front();
    }
    return batch;
}

void TelemetryExporter::start(Signal &signal, Task<> task)
{
    if (signal.runner.isRunning())
        return;
    signal.runner.start(std::move(task), [this](const std::exception_ptr &exception) {
        if (exception)
            logEvent(telemetryLog(), LogLevel::Error, "telling the OpenTelemetry collector failed by an exception");
        finished();
    });
}

Task<> TelemetryExporter::deliverSpans()
{
    m_failedSpans += settle(m_batch); // none, unless an exception ended the call before
    while (!m_spans.empty() && !m_traceSignal.hasGivenUp) {
        m_batch = takeBatch();
        co_await deliverBatch();
    }
}

Task<> TelemetryExporter::deliverBatch()
{
    using Step = DeliveryDecision::Step;
    for (int attempt = 1;; ++attempt) {
        forgetForbidden(m_batch);
        if (m_batch.empty())
            co_return;
        std::vector<QByteArray> spans;
        for (const WrittenSpans &one : m_batch)
            spans.push_back(one.json);
        const DeliveryOutcome outcome = co_await send(m_traceSignal, tracesPayload(m_resource, *m_names, spans));
        const DeliveryDecision decision = decideDelivery(outcome, attempt, m_world.random(), &isOtlpRetryable);
        const qint64 notTaken = note(m_traceSignal, outcome, decision);
        if (decision.step == Step::Done) {
            const qint64 count = settle(m_batch);
            const qint64 rejected = std::clamp<qint64>(notTaken, 0, count);
            m_rejectedSpans += rejected;
            m_sentSpans += count - rejected;
            co_return;
        }
        if (decision.step == Step::GiveUp) {
            m_failedSpans += settle(m_batch);
            co_return;
        }
        if (m_traceSignal.hasGivenUp)
            co_return; // endClosing() says what is lost
        co_await m_world.pause(m_hurry, m_world.now() + decision.delay);
    }
}

void TelemetryExporter::planMetrics(milliseconds delay)
{
    if (delay > 0ms && !m_closed && tellsMetrics())
        m_metricTimer.start(delay);
}

// As the metrics are now; empty if there are none.
QByteArray TelemetryExporter::sums() const
{
    if (m_metrics->isEmpty())
        return {};
    return metricsPayload(m_resource, *m_names, m_metrics->json(std::chrono::system_clock::now()));
}

// They are sums since the start, so that nothing is lost by a call in vain.
void TelemetryExporter::exportMetrics()
{
    drain();
    m_areMetricsDue = true;
    planMetrics(m_settings.metricsInterval);
    start(m_metricSignal, deliverMetrics());
}

Task<> TelemetryExporter::deliverMetrics()
{
    while (tellsMetrics() && !m_metricSignal.hasGivenUp) {
        QByteArray payload = std::exchange(m_lastSums, {});
        if (payload.isEmpty() && std::exchange(m_areMetricsDue, false))
            payload = sums();
        if (payload.isEmpty())
            co_return;
        const DeliveryOutcome outcome = co_await send(m_metricSignal, std::move(payload));
        const DeliveryDecision decision =
            decideDelivery(outcome, m_metricTries + 1, m_world.random(), &isOtlpRetryable);
        note(m_metricSignal, outcome, decision);
        const bool isTriedAgain = decision.step == DeliveryDecision::Step::Retry;
        m_metricTries = isTriedAgain ? m_metricTries + 1 : 0;
        if (isTriedAgain)
            planMetrics(decision.delay);
    }
}

Task<DeliveryOutcome> TelemetryExporter::send(const Signal &signal, QByteArray payload)
{
    UpstreamRequest request =
        jsonPost(m_settings.endpoint + signal.path, headersOf(m_settings), std::move(payload), m_settings.compress);
    const TimePoint deadline = std::min(deadlineIn(m_settings.timeout), m_closeBy);
    co_return co_await post(*m_network, std::move(request), deadline);
}

// What of the data was not taken although the call was.
qint64 TelemetryExporter::note(Signal &signal, const DeliveryOutcome &outcome, const DeliveryDecision &decision)
{
    const bool isTaken = decision.step == DeliveryDecision::Step::Done;
    ++(isTaken ? signal.sent : signal.failed);
    signal.hasGivenUp = m_closed && decision.step == DeliveryDecision::Step::Retry;
    if (signal.hasGivenUp)
        return 0; // endClosing() says so
    const PartialSuccess partial = isTaken ? readPartialSuccess(outcome.answer) : PartialSuccess();
    signal.trouble.note(outcome, decision, partial,
                        {.endpoint = m_settings.endpoint,
                         .waiting = m_waiting,
                         .droppedSpans = m_droppedSpans + m_queue.droppedSpans()},
                        m_world.now());
    return partial.rejected;
}

// What came meanwhile is sent with what comes soon.
void TelemetryExporter::finished()
{
    const bool isBusy = m_traceSignal.runner.isRunning() || m_metricSignal.runner.isRunning();
    if (m_closed && (!isBusy || Clock::now() >= m_closeBy))
        QMetaObject::invokeMethod(this, &TelemetryExporter::endClosing, Qt::QueuedConnection);
    else if (!m_closed && !m_spans.empty() && !m_lingerTimer.isActive())
        m_lingerTimer.start();
}

void TelemetryExporter::close(TimePoint deadline, std::function<void()> closed)
{
    m_closed = std::move(closed);
    m_closeBy = deadline;
    m_contentBy = Clock::now() + (deadline - Clock::now()) / 3;
    m_metricTimer.stop();
    m_closeTimer.start(
        std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()), std::chrono::milliseconds(0)));
    if (m_traceSignal.runner.isRunning())
        m_hurry.notify();
    sendAll();
    exportMetrics();
    finished();
}

void TelemetryExporter::endClosing()
{
    if (!m_closed)
        return;
    for (Signal *signal : {&m_traceSignal, &m_metricSignal}) {
        if (signal->runner.isRunning()) {
            signal->hasGivenUp = true;
            return signal->runner.cancel([this] { endClosing(); });
        }
    }
    const qint64 lost = m_waiting;
    m_failedSpans += settle(m_batch) + settle(m_spans);
    if (lost > 0 || m_metricSignal.hasGivenUp)
        logEvent(telemetryLog(), LogLevel::Warning,
                 "the OpenTelemetry collector could not be told of everything before the end", {{"requests", lost}});
    m_lingerTimer.stop();
    m_closeTimer.stop();
    m_network.reset();
    std::exchange(m_closed, nullptr)();
}

TelemetryStatus TelemetryExporter::status() const
{
    const auto exports = [](const Signal &signal) {
        return TelemetryStatus::Exports{.sent = signal.sent, .failed = signal.failed};
    };
    return {.dropped = m_dropped,
            .waiting = m_waiting,
            .sentSpans = m_sentSpans,
            .droppedSpans = m_droppedSpans,
            .failedSpans = m_failedSpans,
            .rejectedSpans = m_rejectedSpans,
            .traces = exports(m_traceSignal),
            .metrics = exports(m_metricSignal)};
}

} // namespace lunargate
