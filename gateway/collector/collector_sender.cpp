// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collector_sender.h"

#include "gateway/collector/event_writer.h"
#include "gateway/collector/post_events.h"
#include "gateway/config/masked_url.h"
#include "gateway/observability/logging.h"
#include "gateway/upstream/curl_transport.h"

#include <QRandomGenerator>

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

constexpr std::chrono::seconds kTimeout{10};
constexpr std::chrono::seconds kTellInterval{30};

Task<> pauseUntil(Event &event, TimePoint time)
{
    co_await event.wait(time);
}

} // namespace

CollectorWorld CollectorWorld::real()
{
    return {.makeTransport = [] { return std::make_unique<CurlTransport>(); },
            .now = &Clock::now,
            .pause = &pauseUntil,
            .random = [] { return QRandomGenerator::global()->generateDouble(); }};
}

CollectorSender::CollectorSender(CollectorQueue &queue, CollectorWorld world)
    : m_queue(queue), m_world(std::move(world)), m_lingerTimer(this), m_closeTimer(this)
{
    m_runner.setParent(this); // so that it moves to the thread, too
    m_lingerTimer.setSingleShot(true);
    m_lingerTimer.setInterval(m_world.linger);
    connect(&m_lingerTimer, &QTimer::timeout, this, &CollectorSender::start);
    m_closeTimer.setSingleShot(true);
    connect(&m_closeTimer, &QTimer::timeout, this, &CollectorSender::endClosing);
}

void CollectorSender::apply(const DataSharingConfig &settings)
{
    m_settings = settings;
    if (!m_network)
        m_network = m_world.makeTransport();
    if (!isActive())
        m_queue.clear();
    if (m_runner.isRunning())
        m_hurry.notify(); // other settings may be better ones
    else
        finished();
}

void CollectorSender::wake(CollectorQueue::Wake wake)
{
    if (m_runner.isRunning() || m_closed)
        return;
    if (wake == CollectorQueue::Wake::Now)
        start();
    else if (!m_lingerTimer.isActive())
        m_lingerTimer.start();
}

void CollectorSender::start()
{
    m_lingerTimer.stop();
    if (!isActive() || m_runner.isRunning())
        return;
    m_runner.start(deliverWaiting(), [this](const std::exception_ptr &exception) {
        m_failed += m_beingSent.exchange(0); // nothing, unless by an exception
        if (exception)
            logEvent(collectorLog(), LogLevel::Error, "sending to the collector failed by an exception");
        finished();
    });
}

// A batch less than full waits for more.
Task<> CollectorSender::deliverWaiting()
{
    do {
        Batch batch = m_queue.takeBatch();
        if (batch.empty())
            co_return;
        co_await deliver(std::move(batch));
    } while (!m_hasGivenUp && (m_closed || m_queue.hasBatch()));
}

Task<> CollectorSender::deliver(Batch batch)
{
    using Step = DeliveryDecision::Step;
    const auto count = static_cast<qint64>(batch.size());
    m_beingSent = count;
    Step step = Step::GiveUp;
    for (int attempt = 1; isActive(); ++attempt) {
        const Sharing allowed{.prompts = m_settings.sharePrompts, .responses = m_settings.shareResponses};
        QByteArray payload = collectorPayload(batch, allowed, std::chrono::system_clock::now());
        ++m_attempts;
        const DeliveryOutcome outcome = co_await postEvents(*m_network, m_settings, std::move(payload),
                                                            std::min(Clock::now() + kTimeout, m_closeBy));
        const DeliveryDecision decision = decideDelivery(outcome, attempt, m_world.random());
        note(outcome, decision);
        step = decision.step;
        m_hasGivenUp = m_closed && step == Step::Retry;
        if (step != Step::Retry || m_hasGivenUp)
            break;
        co_await m_world.pause(m_hurry, m_world.now() + decision.delay);
    }
    m_beingSent = 0;
    (step == Step::Done ? m_sent : m_failed) += count;
}

void CollectorSender::note(const DeliveryOutcome &outcome, const DeliveryDecision &decision)
{
    using Step = DeliveryDecision::Step;
    if (decision.step == Step::Done) {
        if (!std::exchange(m_problem, {}).isEmpty())
            logEvent(collectorLog(), LogLevel::Info, "the collector takes events again");
        return;
    }
    QByteArray problem =
        outcome.status == 0 ? outcome.problem : QByteArray("status " + QByteArray::number(outcome.status));
    const bool isOld = problem == m_problem && m_world.now() - m_toldAt < kTellInterval;
    if (isOld)
        return;
    m_problem = std::move(problem);
    m_toldAt = m_world.now();
    const bool isKeyWrong = outcome.status == 401 || outcome.status == 403;
    const QByteArrayView message = isKeyWrong ? "the collector refused the key; check data_sharing.api_key"
                                   : decision.step == Step::Retry
                                       ? "the collector did not take events; they wait and are sent again"
                                       : "the collector refused events; they are lost";
    logEvent(collectorLog(), LogLevel::Warning, message,
             {{"backend_url", maskedUrl(m_settings.backendUrl)},
              {"problem", m_problem},
              {"waiting", static_cast<qint64>(m_queue.size())},
              {"dropped", m_queue.dropped()}});
}

// What came meanwhile is sent with what comes soon.
void CollectorSender::finished()
{
    if (m_closed)
        QMetaObject::invokeMethod(this, &CollectorSender::endClosing, Qt::QueuedConnection);
    else if (m_queue.hasBatch())
        start();
    else if (m_queue.size() > 0)
        m_lingerTimer.start();
}

void CollectorSender::close(TimePoint deadline, std::function<void()> closed)
{
    m_closed = std::move(closed);
    m_closeBy = deadline;
    m_closeTimer.start(
        std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()), std::chrono::milliseconds(0)));
    if (m_runner.isRunning())
        m_hurry.notify();
    else if (isActive() && m_queue.size() > 0)
        start();
    else
        finished();
}

void CollectorSender::endClosing()
{
    if (!m_closed)
        return;
    if (m_runner.isRunning())
        return m_runner.cancel([this] { endClosing(); });
    const qint64 lost = static_cast<qint64>(m_queue.size()) + m_beingSent.exchange(0);
    m_failed += lost;
    if (lost > 0)
        logEvent(collectorLog(), LogLevel::Warning, "the collector could not be told of everything before the end",
                 {{"requests", lost}});
    m_lingerTimer.stop();
    m_closeTimer.stop();
    m_network.reset();
    std::exchange(m_closed, nullptr)();
}

} // namespace lunargate
