// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collector_sender.h"

#include "gateway/collector/event_writer.h"
#include "gateway/collector/post_events.h"
#include "gateway/config/masked_url.h"
#include "gateway/observability/logging.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace lunargate {

namespace {

constexpr std::chrono::seconds kTimeout{10};
/// How long the disk may take at the end in any case.
constexpr std::chrono::milliseconds kGrace{500};
/// Calls in a row until what is left of a batch is given up. To find one bad event in a full batch takes 8.
constexpr int kMostRefusals = 16;
constexpr qsizetype kAnySize = std::numeric_limits<qsizetype>::max();

// Only these are about what was sent, so that a part may be taken. All others are about who sent it, where to, or when.
bool mayPass(int status)
{
    return status != 400 && status != 413 && status != 422;
}

} // namespace

CollectorSender::CollectorSender(CollectorQueue &queue, DeliveryWorld world, std::chrono::milliseconds diskRetry)
    : m_queue(queue),
      m_world(std::move(world)),
      m_refusedBytes(kAnySize),
      m_lingerTimer(this),
      m_closeTimer(this),
      m_diskTimer(this)
{
    m_runner.setParent(this); // so that it moves to the thread, too
    m_lingerTimer.setSingleShot(true);
    m_lingerTimer.setInterval(m_world.linger);
    connect(&m_lingerTimer, &QTimer::timeout, this, &CollectorSender::start);
    m_closeTimer.setSingleShot(true);
    connect(&m_closeTimer, &QTimer::timeout, this, &CollectorSender::endClosing);
    m_diskTimer.setSingleShot(true);
    m_diskTimer.setInterval(diskRetry);
    connect(&m_diskTimer, &QTimer::timeout, this, &CollectorSender::tendDisk);
}

Sharing CollectorSender::sharing() const
{
    return m_settings.enabled ? Sharing{.prompts = m_settings.sharePrompts, .responses = m_settings.shareResponses}
                              : Sharing();
}

void CollectorSender::apply(const DataSharingConfig &settings)
{
    const bool areOthers = !m_network || settings != m_settings;
    if (!settings.enabled)
        m_spool.clear(); // perhaps in a folder that they do not name any more
    m_settings = settings;
    if (!m_network)
        m_network = m_world.makeTransport();
    m_batch.narrow(sharing());
    m_queue.narrow(sharing());
    m_spool.apply(settings.spoolPath, settings.maxSpoolBytes, sharing());
    tendDisk();
    if (!isActive())
        m_queue.clear();
    if (areOthers)
        m_refusedBytes = kAnySize;
    if (!m_runner.isRunning())
        finished();
    else if (areOthers)
        m_hurry.notify(); // they may be better ones
}

void CollectorSender::wake(CollectorQueue::Wake wake)
{
    using Wake = CollectorQueue::Wake;
    if (m_closed)
        return;
    if (!m_runner.isRunning()) {
        if (wake != Wake::Soon)
            start();
        else if (!m_lingerTimer.isActive())
            m_lingerTimer.start();
    }
    if (wake == Wake::Full)
        relieveQueue();
}

void CollectorSender::start()
{
    m_lingerTimer.stop();
    if (!isActive() || m_runner.isRunning())
        return;
    m_runner.start(deliverWaiting(), [this](const std::exception_ptr &exception) {
        if (exception) {
            logEvent(collectorLog(), LogLevel::Error, "sending to the collector failed by an exception");
            m_failed += std::exchange(m_batch, {}).size();
            m_spool.done();
        }
        m_beingSent = m_batch.size();
        finished();
    });
}

// A batch less than full waits for more.
Task<> CollectorSender::deliverWaiting()
{
    do {
        if (!takeBatch())
            co_return;
        co_await deliver();
    } while (isActive() && !m_hasGivenUp && (m_closed || m_spool.hasFiles() || m_queue.hasBatch()));
}

bool CollectorSender::takeBatch()
{
    if (std::optional<Spool::Reports> stored = m_spool.take())
        m_batch = BatchInDelivery(*std::move(stored));
    else
        m_batch = BatchInDelivery(written(m_queue.takeBatch()));
    m_beingSent = m_batch.size();
    return !m_batch.isEmpty();
}

// Piece by piece.
Task<> CollectorSender::deliver()
{
    for (int attempt = 1; isActive();) {
        relieveQueue();
        m_batch.narrow(sharing());
        m_batch.removeEmpty();
        if (m_batch.isEmpty())
            break;
        QByteArray payload = collectorPayload(m_batch.piece(), std::chrono::system_clock::now());
        const qsizetype size = payload.size();
        if (size >= m_refusedBytes && m_batch.split())
            continue;
        m_hurry.reset(); // these are the newest settings
        ++m_attempts;
        const DeliveryOutcome outcome = co_await postEvents(*m_network, m_settings, std::move(payload),
                                                            std::min(Clock::now() + kTimeout, m_sendBy));
        DeliveryDecision decision = decideDelivery(outcome, attempt, m_world.random(), &mayPass);
        if (decision.step == DeliveryDecision::Step::Retry) {
            note(outcome, decision.step);
        } else {
            settle(outcome, decision.step, size);
            attempt = 1;
            if (m_refusals < kMostRefusals)
                continue;
            decision = giveUpBatch(outcome);
        }
        m_hasGivenUp = m_closed != nullptr;
        if (m_hasGivenUp)
            co_return;
        co_await m_world.pause(m_hurry, m_world.now() + decision.delay);
        ++attempt;
    }
    interrupt();
}

// What became of the piece that was sent.
void CollectorSender::settle(const DeliveryOutcome &outcome, DeliveryDecision::Step step, qsizetype payloadBytes)
{
    if (outcome.status == 413)
        m_refusedBytes = std::min(m_refusedBytes, payloadBytes);
    if (step == DeliveryDecision::Step::Done) {
        note(outcome, step);
        m_refusals = m_hopeless = 0;
        m_sent += countOf(m_batch.piece());
        m_batch.removePiece();
    } else {
        ++m_refusals;
        if (m_batch.split())
            return;
        note(outcome, step);
        refusePiece();
    }
    m_beingSent = m_batch.size();
}

void CollectorSender::refusePiece()
{
    m_failed += countOf(m_batch.piece());
    for (const WrittenReport &report : m_batch.piece())
        m_refusedEvents += report.events.size();
    m_batch.removePiece();
}

// A collector that takes nothing at all is not asked for each single event. What follows is as if it were not there.
DeliveryDecision CollectorSender::giveUpBatch(const DeliveryOutcome &outcome)
{
    note(outcome, DeliveryDecision::Step::GiveUp);
    m_refusals = 0;
    while (!m_batch.isEmpty())
        refusePiece();
    m_beingSent = 0;
    return decideDelivery({}, ++m_hopeless, m_world.random());
}

// The batch is dealt with, or there is no sharing any more; without a key it can be sent later.
void CollectorSender::interrupt()
{
    const std::vector<WrittenReport> rest = std::exchange(m_batch, {}).takeRest();
    if (!m_settings.enabled || !m_spool.isWanted() || !m_spool.giveBack(rest)) {
        m_failed += countOf(rest);
        m_spool.done();
    }
    m_beingSent = 0;
}

std::vector<WrittenReport> CollectorSender::written(const std::vector<CollectedRequest> &requests) const
{
    std::vector<WrittenReport> reports;
    reports.reserve(requests.size());
    for (const CollectedRequest &request : requests)
        reports.push_back(writtenReport(request, sharing()));
    return reports;
}

// What is left of it is tried again.
void CollectorSender::tendDisk()
{
    if (!m_settings.enabled && !m_spool.clear())
        m_diskTimer.start();
    relieveQueue();
}

// Where the disk takes nothing the queue keeps what it has room for.
void CollectorSender::relieveQueue()
{
    while (isActive() && m_spool.isWanted() && m_queue.isHalfFull() && Clock::now() < m_storeBy) {
        std::vector<CollectedRequest> batch = m_queue.takeBatch();
        if (!m_spool.append(written(batch))) {
            m_queue.putBack(std::move(batch));
            return m_diskTimer.start();
        }
    }
}

void CollectorSender::note(const DeliveryOutcome &outcome, DeliveryDecision::Step step)
{
    using Step = DeliveryDecision::Step;
    if (step == Step::Done) {
        if (std::exchange(m_isAway, false))
            logEvent(collectorLog(), LogLevel::Info, "the collector takes events again");
        return;
    }
    const QByteArray problem = problemOf(outcome);
    if (!m_toldProblem.isNews(problem, m_world.now()))
        return;
    const bool isKeyWrong = outcome.status == 401 || outcome.status == 403;
    m_isAway = isKeyWrong || step == Step::Retry;
    const QByteArrayView message = isKeyWrong ? "the collector refused the key; check data_sharing.api_key"
                                   : step == Step::Retry
                                       ? "the collector did not take events; they wait and are sent again"
                                       : "the collector refused events; they are lost";
    logEvent(collectorLog(), LogLevel::Warning, message,
             {{"backend_url", maskedUrl(m_settings.backendUrl)},
              {"problem", problem},
              {"waiting", static_cast<qint64>(m_queue.size()) + m_spool.waiting()},
              {"dropped", m_queue.dropped() + m_spool.dropped()}});
}

// What came meanwhile is sent with what comes soon.
void CollectorSender::finished()
{
    if (m_closed)
        QMetaObject::invokeMethod(this, &CollectorSender::endClosing, Qt::QueuedConnection);
    else if (m_spool.hasFiles() || m_queue.hasBatch())
        start();
    else if (m_queue.size() > 0)
        m_lingerTimer.start();
}

// A part of the time is for the disk.
void CollectorSender::close(TimePoint deadline, std::function<void()> closed)
{
    using std::chrono::milliseconds;
    const TimePoint now = Clock::now();
    m_closed = std::move(closed);
    m_storeBy = std::max(deadline, now + kGrace);
    m_sendBy = m_spool.isWanted() ? deadline - (deadline - now) / 3 : deadline;
    m_closeTimer.start(std::max(std::chrono::ceil<milliseconds>(m_sendBy - now), milliseconds(0)));
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
    if (const qint64 lost = storeWaiting(); lost > 0)
        logEvent(collectorLog(), LogLevel::Warning, "the collector could not be told of everything before the end",
                 {{"requests", lost}});
    if (m_spool.waiting() > 0)
        logEvent(collectorLog(), LogLevel::Info, "events for the collector wait on the disk for the next start",
                 {{"reports", m_spool.waiting()}});
    m_lingerTimer.stop();
    m_closeTimer.stop();
    m_diskTimer.stop();
    m_network.reset();
    std::exchange(m_closed, nullptr)();
}

// Before the end; tells how many reports are lost.
qint64 CollectorSender::storeWaiting()
{
    const qint64 failedBefore = m_failed;
    interrupt();
    while (isActive() && m_spool.isWanted() && m_queue.size() > 0 && Clock::now() < m_storeBy) {
        const std::vector<WrittenReport> reports = written(m_queue.takeBatch());
        if (!m_spool.append(reports)) {
            m_failed += countOf(reports);
            break;
        }
    }
    m_failed += static_cast<qint64>(m_queue.size());
    return m_failed - failedBefore;
}

} // namespace lunargate
