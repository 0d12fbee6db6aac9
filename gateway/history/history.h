// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/config/config.h"
#include "gateway/history/history_feed.h"
#include "gateway/history/history_page.h"
#include "gateway/history/history_queue.h"
#include "gateway/history/history_status.h"
#include "gateway/history/history_totals.h"

#include <QThread>

#include <atomic>
#include <chrono>
#include <memory>

namespace lunargate {

class HistoryKeeper;
struct RequestRecord;

/// What may wait for the history's thread, and how long. Once half of it waits it is taken at once.
struct HistoryPace
{
    size_t mostRecords = 20'000;
    qint64 mostBytes = 32LL * 1024 * 1024;
    std::chrono::milliseconds delay{200};
};

/// What happened to each request that asked for a model: the newest in memory, all within their limits in a database,
/// by a thread of its own. Any thread, but for start() and apply().
class History
{
public:
    explicit History(HistoryConfig config, HistoryPace pace = {});
    /// Stores what is not stored yet, for three seconds at most.
    ~History();

    /// From now on records are kept. Main thread, once.
    void start();
    /// Takes over other settings. Main thread.
    void apply(const HistoryConfig &config);

    /// Whether add() would keep anything now.
    bool isWanted() const { return m_isWanted.load(std::memory_order_relaxed); }
    /// Whether bodies are to be kept too.
    bool wantsBodies() const { return m_wantsBodies.load(std::memory_order_relaxed); }
    /// Costs a worker some microseconds. If more come than can be stored they are dropped, and counted.
    void add(const RequestRecord &record, std::shared_ptr<const HistoryMessages> messages = nullptr);
    void add(HistoryRecord record);

    /// The asking thread needs an event loop, as for everything that is awaited. Sees all that was added before, unless
    /// somebody else keeps the database locked.
    Task<HistoryPage> find(HistoryQuery query);
    /// By its id, with its bodies.
    Task<std::optional<HistoryRecord>> record(QByteArray id);

    /// All since `begin`, added up by the text `by`.
    Task<std::shared_ptr<const HistoryTally>> tally(const HistoryField &by, qint64 begin);
    /// The same with parts. Takes about half a second for 200,000 requests, in steps of some twenty milliseconds.
    Task<std::shared_ptr<const HistoryTally>> tally(const HistoryField &by, HistorySpan span);
    /// Keeps that request in the database whatever its limits are, or no longer. Nothing happens if the database does
    /// not have it, or cannot be used now.
    void setPinned(const QByteArray &id, bool isPinned);
    /// Erases all that began before now, pinned or not, and ends when it is gone: how many requests it were. Goes on if
    /// the task is destroyed.
    Task<Result<qint64>> erase();

    /// Those that listen to requests as they end.
    HistoryFeed &feed() { return m_feed; }

    HistoryStatus status() const;

private:
    void note(const HistoryConfig &config);
    void enqueue(SharedHistoryRecord record);

    HistoryConfig m_config;
    std::atomic<bool> m_isWanted = false;
    std::atomic<bool> m_wantsBodies = false;
    std::atomic<quint32> m_counter = 0; // tells records of the same microsecond apart
    HistoryQueue m_queue;
    HistoryFeed m_feed;
    std::unique_ptr<HistoryKeeper> m_keeper; // in m_thread
    QThread m_thread;
};

} // namespace lunargate
