// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history.h"

#include "gateway/async/ask_thread.h"
#include "gateway/history/history_keeper.h"
#include "gateway/observability/request_record.h"

#include <limits>
#include <utility>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace lunargate {

namespace {

constexpr auto kClosingTime = std::chrono::seconds(3);

// Workers come first where they share a core with this thread: clients wait for them, and nobody for it. On Linux nice
// values are a thread's own, and QThread's priorities mean nothing under the usual scheduler.
#ifdef Q_OS_LINUX
constexpr QThread::Priority kPriority = QThread::InheritPriority;

void stepAside()
{
    constexpr int kLessUrgent = 10;
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice + kLessUrgent); // no harm if it may not
}
#else
constexpr QThread::Priority kPriority = QThread::LowPriority;

void stepAside() {}
#endif

} // namespace

History::History(HistoryConfig config, HistoryPace pace)
    : m_config(std::move(config)),
      m_queue(pace.mostRecords, pace.mostBytes),
      m_keeper(std::make_unique<HistoryKeeper>(m_queue, m_feed, pace.delay))
{
    m_thread.setObjectName(QStringLiteral("history"));
    QObject::connect(&m_thread, &QThread::started, m_keeper.get(), stepAside);
}

History::~History()
{
    if (!m_thread.isRunning())
        return;
    m_isWanted = false;
    const TimePoint deadline = Clock::now() + kClosingTime;
    QMetaObject::invokeMethod(
        m_keeper.get(),
        [this, deadline] {
            m_keeper->close(deadline);
            m_thread.quit();
        },
        Qt::QueuedConnection);
    m_thread.wait();
}

void History::start()
{
    Q_ASSERT(!m_thread.isRunning());
    m_keeper->moveToThread(&m_thread);
    m_thread.start(kPriority);
    note(m_config);
}

void History::apply(const HistoryConfig &config)
{
    if (std::exchange(m_config, config) != config && m_thread.isRunning())
        note(config);
}

void History::note(const HistoryConfig &config)
{
    m_isWanted = config.isWanted();
    m_wantsBodies = config.isWanted() && config.capture == HistoryCapture::Bodies;
    QMetaObject::invokeMethod(m_keeper.get(), [this, config] { m_keeper->apply(config); }, Qt::QueuedConnection);
}

void History::add(const RequestRecord &record, std::shared_ptr<const HistoryMessages> messages)
{
    if (!isWanted() || m_queue.dropsNext() || (record.isTurnedAway && !m_queue.admitTurnedAway(Clock::now())))
        return;
    auto kept = std::make_shared<HistoryRecord>(historyRecord(record));
    if (wantsBodies()) // still; a stream can have begun long ago
        kept->messages = std::move(messages);
    // Bodies for which there is hardly room, or none ever, are given up rather than all that is known of the request.
    if (kept->messages && kept->bytes() > m_queue.mostBytes() / 2)
        kept->messages = nullptr;
    enqueue(std::move(kept));
}

void History::add(HistoryRecord record)
{
    if (isWanted())
        enqueue(std::make_shared<HistoryRecord>(std::move(record)));
}

void History::enqueue(SharedHistoryRecord record)
{
    record->position += m_counter.fetch_add(1, std::memory_order_relaxed) % kPositionsInMicrosecond;
    switch (m_queue.add(std::move(record))) {
    case HistoryQueue::Due::Told:
        return;
    case HistoryQueue::Due::Soon:
        QMetaObject::invokeMethod(m_keeper.get(), [this] { m_keeper->wake(); }, Qt::QueuedConnection);
        return;
    case HistoryQueue::Due::Now:
        QMetaObject::invokeMethod(m_keeper.get(), [this] { m_keeper->drain(); }, Qt::QueuedConnection);
        return;
    }
}

Task<HistoryPage> History::find(HistoryQuery query)
{
    if (!m_thread.isRunning())
        co_return HistoryPage();
    std::function<HistoryPage()> question = [this, query = std::move(query)] { return m_keeper->find(query); };
    co_return co_await askThread<HistoryPage>(m_keeper.get(), std::move(question));
}

Task<std::optional<HistoryRecord>> History::record(QByteArray id)
{
    if (!m_thread.isRunning())
        co_return std::nullopt;
    std::function<std::optional<HistoryRecord>()> question = [this, id = std::move(id)] {
        return m_keeper->record(id);
    };
    co_return co_await askThread<std::optional<HistoryRecord>>(m_keeper.get(), std::move(question));
}

Task<std::shared_ptr<const HistoryTally>> History::tally(const HistoryField &by, qint64 begin)
{
    return tally(by, HistorySpan{.begin = begin});
}

Task<std::shared_ptr<const HistoryTally>> History::tally(const HistoryField &by, HistorySpan span)
{
    const qint64 begin = span.before.value_or(span.begin);
    const auto tally = std::make_shared<HistoryTally>(by, std::move(span));
    std::optional<qint64> before = std::numeric_limits<qint64>::max();
    while (before && m_thread.isRunning()) {
        std::function<std::optional<qint64>()> step = [this, tally, begin, end = *before] {
            const std::optional<qint64> rest = m_keeper->tally(*tally, begin, end);
            if (!rest)
                tally->finish();
            return rest;
        };
        before = co_await askThread<std::optional<qint64>>(m_keeper.get(), std::move(step));
    }
    co_return tally;
}

void History::setPinned(const QByteArray &id, bool isPinned)
{
    if (m_thread.isRunning())
        QMetaObject::invokeMethod(
            m_keeper.get(), [this, id, isPinned] { m_keeper->setPinned(id, isPinned); }, Qt::QueuedConnection);
}

Task<Result<qint64>> History::erase()
{
    if (!m_thread.isRunning())
        co_return 0;
    std::function<void(std::function<void(Result<qint64>)>)> order = [this](std::function<void(Result<qint64>)> done) {
        m_keeper->erase(std::move(done));
    };
    co_return co_await askThread<Result<qint64>>(m_keeper.get(), std::move(order));
}

HistoryStatus History::status() const
{
    return m_keeper->status();
}

} // namespace lunargate
