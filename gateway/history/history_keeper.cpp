// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_keeper.h"

#include "gateway/history/history_file.h"
#include "gateway/observability/logging.h"

#include <QScopeGuard>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace lunargate {

namespace {

using std::chrono::microseconds;

constexpr size_t kRingRecords = 1000;
constexpr qint64 kRingBytes = 32LL * 1024 * 1024;
// What a transaction takes: each writes a page once, however often it is changed. The journal grows by as much beyond
// its limit, as it is emptied between two of them only.
constexpr size_t kBatch = 2000; // records
constexpr qint64 kBatchBytes = 4LL * 1024 * 1024;

constexpr auto kErasePause = std::chrono::milliseconds(5); // queries come between two steps
constexpr auto kEraseInterval = std::chrono::minutes(1);
constexpr auto kRetryInterval = std::chrono::minutes(1);
constexpr auto kBusyPause = std::chrono::milliseconds(250); // while somebody else keeps the database locked
constexpr size_t kWaitingRecords = 20'000;
constexpr qint64 kWaitingBytes = 32LL * 1024 * 1024;
static_assert(kWaitingBytes >= kRingBytes); // all that is in memory may have to wait for a database

std::unexpected<Error> cannotErase()
{
    return std::unexpected(Error{.kind = ErrorKind::Overloaded,
                                 .reason = "history_not_erased",
                                 .message = "the history's database cannot be used now (the log says why); what is in "
                                            "it is erased as soon as it can be"});
}

} // namespace

HistoryKeeper::HistoryKeeper(HistoryQueue &queue, HistoryFeed &feed, std::chrono::milliseconds drainDelay)
    : m_queue(queue),
      m_feed(feed),
      m_ring(kRingRecords, kRingBytes),
      m_waiting(kWaitingRecords, kWaitingBytes),
      m_drainTimer(this),
      m_storeTimer(this),
      m_eraseTimer(this),
      m_retryTimer(this)
{
    for (QTimer *timer : {&m_drainTimer, &m_storeTimer, &m_eraseTimer, &m_retryTimer})
        timer->setSingleShot(true);
    m_drainTimer.setInterval(drainDelay);
    m_storeTimer.setInterval(kBusyPause);
    connect(&m_storeTimer, &QTimer::timeout, this, [this] {
        store({});
        publish();
    });
    connect(&m_drainTimer, &QTimer::timeout, this, &HistoryKeeper::drain);
    connect(&m_eraseTimer, &QTimer::timeout, this, &HistoryKeeper::eraseStep);
    connect(&m_retryTimer, &QTimer::timeout, this, &HistoryKeeper::openDatabase);
}

void HistoryKeeper::apply(const HistoryConfig &config)
{
    if (m_hasConfig)
        drain(); // what came so far is kept as it was meant to be
    m_hasConfig = true;
    m_config = config;
    m_redaction = HistoryRedaction(config.redact);
    const QString path = config.isWanted() ? historyPath(config.path) : QString();
    if (!config.isWanted())
        m_ring.eraseBefore(std::numeric_limits<qint64>::max());
    if (path.isEmpty())
        m_waiting.takeAll();
    else if (m_path.isEmpty())
        wait(m_ring.all()); // what came while no database was wanted
    if (path != m_path) {
        m_database.reset();
        m_damage.reset();
        m_problem.clear();
        m_path = path;
        finishErasing(cannotErase());
        m_eraseBefore = 0; // was for the other one
    }
    openDatabase();
    m_eraseTimer.start(kErasePause);
}

void HistoryKeeper::openDatabase()
{
    m_retryTimer.stop();
    if (!m_database && !m_path.isEmpty()) {
        HistoryResult<std::unique_ptr<HistoryDatabase>> database = openOrMoveAside(m_path);
        if (!database) {
            degrade(database.error());
            return;
        }
        m_database = *std::move(database);
        store({});
        m_eraseTimer.start(kErasePause); // there it shows whether it can be written
    }
    publish();
}

HistoryResult<std::unique_ptr<HistoryDatabase>> HistoryKeeper::openOrMoveAside(const QString &path)
{
    using Opened = HistoryResult<std::unique_ptr<HistoryDatabase>>;
    const std::optional<HistoryProblem> damage = std::exchange(m_damage, {});
    Opened database = damage ? Opened(std::unexpected(*damage)) : HistoryDatabase::open(path);
    if (database || database.error().kind != HistoryProblem::Kind::Broken)
        return database;
    QString moved;
    if (const auto lock = HistoryLock::take(path)) // another gateway may have opened it since
        moved = moveHistoryAside(path);
    if (moved.isEmpty())
        return database;
    waitForAllInMemory();
    logEvent(historyLog(), LogLevel::Warning, "the history's database is broken; it was put aside, another one begins",
             {{"path", path.toUtf8()}, {"moved_to", moved.toUtf8()}, {"problem", database.error().text}});
    return HistoryDatabase::open(path);
}

void HistoryKeeper::wake()
{
    if (!m_isClosed && !m_drainTimer.isActive())
        m_drainTimer.start();
}

void HistoryKeeper::drain()
{
    if (m_isClosed)
        return;
    m_drainTimer.stop();
    std::vector<SharedHistoryRecord> records = m_queue.takeToWork();
    const auto finish = qScopeGuard([this] { m_queue.finishWork(); });
    if (records.empty() || !m_config.isWanted())
        return;
    for (const SharedHistoryRecord &record : records) {
        m_redaction.apply(*record, m_config.maxBodyBytes);
        m_ring.add(record);
    }
    m_feed.tell(records);
    if (!m_path.isEmpty())
        store(std::move(records));
    if (!m_eraseTimer.isActive() || m_eraseTimer.remainingTimeAsDuration() > kErasePause)
        m_eraseTimer.start(kErasePause);
    publish();
}

void HistoryKeeper::wait(std::vector<SharedHistoryRecord> records)
{
    for (SharedHistoryRecord &record : records)
        m_waiting.add(std::move(record));
}

void HistoryKeeper::waitForAllInMemory()
{
    std::vector<SharedHistoryRecord> records = m_waiting.takeAll();
    std::set<qint64> waiting;
    for (const SharedHistoryRecord &record : records)
        waiting.insert(record->position);
    std::ranges::copy_if(m_ring.all(), std::back_inserter(records),
                         [&](const SharedHistoryRecord &record) { return !waiting.contains(record->position); });
    wait(std::move(records));
}

void HistoryKeeper::store(std::vector<SharedHistoryRecord> newest)
{
    if (!m_database)
        return wait(std::move(newest));
    std::vector<SharedHistoryRecord> records = m_waiting.takeAll();
    std::ranges::move(newest, std::back_inserter(records));
    std::span<SharedHistoryRecord> rest(records);
    HistoryResult<void> added;
    while (!rest.empty() && added && Clock::now() < m_closeBy) {
        size_t count = 0;
        for (qint64 bytes = 0; count < std::min(rest.size(), kBatch) && bytes < kBatchBytes; ++count)
            bytes += rest[count]->bytes();
        const std::span<const SharedHistoryRecord> batch = rest.first(count);
        added = m_database->add(batch);
        if (added)
            rest = rest.subspan(batch.size());
    }
    wait({std::move_iterator(rest.begin()), std::move_iterator(rest.end())});
    if (!added)
        fail(added.error());
}

HistoryLimits HistoryKeeper::limits() const
{
    const auto now = std::chrono::floor<microseconds>(std::chrono::system_clock::now());
    const qint64 oldest = m_config.maxAge > 0ms ? positionOf(now - m_config.maxAge) : 0;
    return {.oldest = std::max(oldest, m_eraseBefore),
            .maxCount = m_config.maxCount,
            .maxBytes = m_config.maxBytes,
            .oldestPinned = m_eraseBefore};
}

void HistoryKeeper::eraseStep()
{
    const HistoryLimits allowed = limits();
    m_ring.eraseBefore(allowed.oldest);
    bool hasMore = false;
    milliseconds pause = kErasePause;
    if (m_database) {
        const HistoryResult<bool> erased = m_database->eraseSome(allowed);
        if (!erased) {
            fail(erased.error());
            pause = kBusyPause;
        }
        hasMore = erased ? *erased : m_database != nullptr;
        if (erased)
            noteRecovery();
    }
    publish();
    if (!hasMore && m_path.isEmpty() == !m_database)
        finishErasing({});
    m_eraseTimer.start(hasMore ? pause : milliseconds(kEraseInterval));
}

HistoryPage HistoryKeeper::find(const HistoryQuery &query)
{
    drain();
    if (m_database) {
        HistoryResult<HistoryPage> page = m_database->find(query);
        if (page)
            return *std::move(page);
        fail(page.error());
    }
    return m_ring.find(query);
}

std::optional<HistoryRecord> HistoryKeeper::record(const QByteArray &id)
{
    drain();
    if (m_database) {
        HistoryResult<std::optional<HistoryRecord>> record = m_database->record(id);
        if (record && *record)
            return *std::move(record);
        if (!record)
            fail(record.error());
    }
    return m_ring.record(id);
}

std::optional<qint64> HistoryKeeper::tally(HistoryTally &tally, qint64 begin, qint64 before)
{
    drain();
    if (m_database) {
        HistoryResult<std::optional<qint64>> rest = m_database->tally(tally, begin, before);
        if (rest) {
            tallyWaiting(tally, rest->value_or(begin), before);
            return *rest;
        }
        fail(rest.error());
        tally = HistoryTally(tally.by(), tally.span());
        before = std::numeric_limits<qint64>::max();
    }
    const std::set<qint64> waiting = tallyWaiting(tally, begin, before);
    for (const SharedHistoryRecord &record : m_ring.all()) {
        if (record->position >= begin && record->position < before && !waiting.contains(record->position))
            tally.add(*record);
    }
    return std::nullopt;
}

void HistoryKeeper::setPinned(const QByteArray &id, bool isPinned)
{
    drain();
    if (!m_database)
        return;
    if (const HistoryResult<void> done = m_database->setPinned(id, isPinned); !done)
        fail(done.error());
}

std::set<qint64> HistoryKeeper::tallyWaiting(HistoryTally &tally, qint64 begin, qint64 before) const
{
    std::set<qint64> positions;
    m_waiting.visit([&](const HistoryRecord &record) {
        if (record.position < begin || record.position >= before)
            return;
        tally.add(record);
        positions.insert(record.position);
    });
    return positions;
}

void HistoryKeeper::erase(std::function<void(Result<qint64>)> done)
{
    drain();
    m_waiting.takeAll();
    const qint64 count = m_database ? m_database->count() : static_cast<qint64>(m_ring.size());
    m_eraseBefore = positionOf(std::chrono::ceil<microseconds>(std::chrono::system_clock::now()));
    m_whenErased.emplace_back([count, done = std::move(done)](const Result<void> &outcome) {
        done(outcome.transform([count] { return count; }));
    });
    if (!m_problem.isEmpty()) {
        m_ring.eraseBefore(m_eraseBefore);
        finishErasing(cannotErase());
    }
    m_eraseTimer.start(kErasePause);
}

void HistoryKeeper::finishErasing(const Result<void> &outcome)
{
    if (outcome)
        m_eraseBefore = 0; // a request that began before and ends now is kept
    for (const auto &tell : std::exchange(m_whenErased, {}))
        tell(outcome);
}

void HistoryKeeper::fail(const HistoryProblem &problem)
{
    if (problem.kind == HistoryProblem::Kind::Busy)
        m_storeTimer.start();
    else
        degrade(problem);
}

void HistoryKeeper::noteRecovery()
{
    if (!std::exchange(m_problem, {}).isEmpty())
        logEvent(historyLog(), LogLevel::Info, "the history is stored again", {{"path", m_path.toUtf8()}});
}

void HistoryKeeper::degrade(const HistoryProblem &problem)
{
    if (m_database && problem.kind == HistoryProblem::Kind::Broken)
        m_damage = problem; // where opening it again would not notice
    m_database.reset();
    if (m_problem.isEmpty()) {
        logEvent(historyLog(), LogLevel::Warning,
                 "the history cannot be stored; the newest requests are kept in memory meanwhile",
                 {{"path", m_path.toUtf8()}, {"problem", problem.text}});
    }
    m_problem = problem.text.isEmpty() ? QByteArray("unknown") : problem.text;
    m_retryTimer.start(problem.kind == HistoryProblem::Kind::Busy ? milliseconds(kBusyPause)
                                                                  : milliseconds(kRetryInterval));
    publish();
    finishErasing(cannotErase());
}

void HistoryKeeper::close(TimePoint deadline)
{
    m_closeBy = deadline;
    drain();
    if (m_waiting.size() > 0)
        openDatabase(); // perhaps it can be used by now
    while (m_waiting.size() > 0 && m_database && Clock::now() < m_closeBy)
        store({});
    if (m_waiting.size() > 0)
        logEvent(historyLog(), LogLevel::Warning, "the newest requests could not be stored",
                 {{"count", static_cast<qint64>(m_waiting.size())}});
    m_database.reset();
    m_isClosed = true; // what was asked for meanwhile may still come
    for (QTimer *timer : {&m_drainTimer, &m_storeTimer, &m_eraseTimer, &m_retryTimer})
        timer->stop();
}

void HistoryKeeper::publish()
{
    using State = HistoryStatus::State;
    const State withoutDatabase = m_config.isWanted() ? State::Memory : State::Off;
    const std::scoped_lock lock(m_mutex);
    m_status = {.state = m_database ? State::Database : withoutDatabase,
                .problem = m_problem,
                .stored = m_database ? m_database->count() : 0,
                .storedBytes = m_database ? m_database->bytes() : 0,
                .inMemory = static_cast<qint64>(m_ring.size())};
}

HistoryStatus HistoryKeeper::status() const
{
    HistoryStatus status;
    {
        const std::scoped_lock lock(m_mutex);
        status = m_status;
    }
    status.queued = static_cast<qint64>(m_queue.size() + m_waiting.size());
    status.dropped = m_queue.dropped() + m_waiting.dropped();
    status.leftOut = m_queue.leftOut();
    return status;
}

} // namespace lunargate
