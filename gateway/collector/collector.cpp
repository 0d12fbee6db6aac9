// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collector.h"

#include "gateway/collector/collector_sender.h"

namespace lunargate {

namespace {

constexpr CollectorQueue::Limits kMost{.requests = 20'000, .bytes = 64LL * 1024 * 1024};
constexpr CollectorQueue::Limits kBatch{.requests = 100, .bytes = 256LL * 1024};
constexpr auto kClosingTime = std::chrono::seconds(3);

} // namespace

Collector::Collector(DataSharingConfig settings)
    : m_settings(std::move(settings)),
      m_queue(kMost, kBatch),
      m_sender(std::make_unique<CollectorSender>(m_queue, DeliveryWorld::real()))
{
    m_thread.setObjectName(QStringLiteral("collector"));
}

Collector::~Collector()
{
    if (!m_thread.isRunning())
        return;
    m_isActive = false;
    const TimePoint deadline = Clock::now() + kClosingTime;
    QMetaObject::invokeMethod(
        m_sender.get(), [this, deadline] { m_sender->close(deadline, [this] { m_thread.quit(); }); },
        Qt::QueuedConnection);
    m_thread.wait();
}

void Collector::start()
{
    m_hasStarted = true;
    note();
}

void Collector::apply(const DataSharingConfig &settings)
{
    m_settings = settings;
    if (m_hasStarted)
        note();
}

void Collector::note()
{
    m_sharesPrompts = m_settings.sharePrompts;
    m_sharesResponses = m_settings.shareResponses;
    m_isActive = m_settings.isCollecting();
    if (!m_thread.isRunning()) {
        const bool mayForgetFiles = !m_settings.spoolPath.isEmpty();
        if (!m_isActive && !mayForgetFiles)
            return;
        m_sender->moveToThread(&m_thread);
        m_thread.start();
    }
    QMetaObject::invokeMethod(
        m_sender.get(), [this, settings = m_settings] { m_sender->apply(settings); }, Qt::QueuedConnection);
}

std::unique_ptr<CollectedRequest> Collector::begin() const
{
    if (!m_isActive.load(std::memory_order_relaxed))
        return nullptr;
    auto request = std::make_unique<CollectedRequest>();
    request->sharing = {.prompts = m_sharesPrompts.load(std::memory_order_relaxed),
                        .responses = m_sharesResponses.load(std::memory_order_relaxed)};
    return request;
}

void Collector::add(CollectedRequest request)
{
    using Wake = CollectorQueue::Wake;
    if (!m_isActive.load(std::memory_order_relaxed))
        return;
    const Wake wake = m_queue.add(std::move(request));
    if (wake != Wake::Nothing)
        QMetaObject::invokeMethod(m_sender.get(), [this, wake] { m_sender->wake(wake); }, Qt::QueuedConnection);
}

CollectorStatus Collector::status() const
{
    const Spool &spool = m_sender->spool();
    return {.queued = m_queue.added() + spool.found(),
            .dropped = m_queue.dropped() + spool.dropped(),
            .waiting = static_cast<qint64>(m_queue.size()) + m_sender->beingSent() + spool.waiting(),
            .sent = m_sender->sent(),
            .failed = m_sender->failed(),
            .attempts = m_sender->attempts(),
            .refusedEvents = m_sender->refusedEvents(),
            .spooled = spool.waiting(),
            .spoolBytes = spool.bytes()};
}

} // namespace lunargate
