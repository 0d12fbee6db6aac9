// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/config/config.h"
#include "gateway/history/history_database.h"
#include "gateway/history/history_feed.h"
#include "gateway/history/history_queue.h"
#include "gateway/history/history_redaction.h"
#include "gateway/history/history_ring.h"
#include "gateway/history/history_status.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace lunargate {

/// The history's own thread: takes records from the queue, keeps them, erases old ones, answers queries. Everything but
/// status() belongs to that thread. Whatever happens to the database: it warns once and goes on in memory, and tries
/// the database again now and then; soon if somebody else just keeps it locked. What came meanwhile is stored then.
class HistoryKeeper : public QObject
{
    Q_OBJECT

public:
    /// A record waits for `drainDelay` at most for others to be stored with it.
    HistoryKeeper(HistoryQueue &queue, HistoryFeed &feed,
                  std::chrono::milliseconds drainDelay = std::chrono::milliseconds(200));

    /// Takes over these settings; from the first time on, records are kept.
    void apply(const HistoryConfig &config);

    /// There is something in the queue: it is taken soon, with what comes meanwhile.
    void wake();
    /// Takes all of it now.
    void drain();

    HistoryPage find(const HistoryQuery &query);
    std::optional<HistoryRecord> record(const QByteArray &id);

    /// Adds up those with positions from `begin` to before `before`, or some of them; where to go on then.
    std::optional<qint64> tally(HistoryTally &tally, qint64 begin, qint64 before);

    /// That record is kept in the database whatever its limits are, or no longer.
    void setPinned(const QByteArray &id, bool isPinned);

    /// Erases all that began before now, step by step. `done` is called when it is gone, with how many it were, or when
    /// that is not possible now: then it is done as soon as the database can be used again.
    void erase(std::function<void(Result<qint64>)> done);

    /// Takes what is in the queue, as far as `deadline` allows, and closes the database.
    void close(TimePoint deadline);

    /// Any thread.
    HistoryStatus status() const;

private:
    void openDatabase();
    HistoryResult<std::unique_ptr<HistoryDatabase>> openOrMoveAside(const QString &path);
    void wait(std::vector<SharedHistoryRecord> records);
    /// Puts what is in memory back among what waits, for another database.
    void waitForAllInMemory();
    /// Stores what waits, and then these. What cannot be stored now waits.
    void store(std::vector<SharedHistoryRecord> newest);
    /// The positions of those that it added up.
    std::set<qint64> tallyWaiting(HistoryTally &tally, qint64 begin, qint64 before) const;
    void eraseStep();
    void finishErasing(const Result<void> &outcome);
    void fail(const HistoryProblem &problem);
    void degrade(const HistoryProblem &problem);
    /// It was written.
    void noteRecovery();
    void publish();
    HistoryLimits limits() const;

    HistoryQueue &m_queue;
    HistoryFeed &m_feed;
    HistoryConfig m_config;
    bool m_hasConfig = false;
    QString m_path; ///< empty: no database is wanted
    HistoryRedaction m_redaction{{}};
    HistoryRing m_ring;
    HistoryQueue m_waiting; ///< what is to be stored as soon as the database can be used
    std::unique_ptr<HistoryDatabase> m_database;
    std::optional<HistoryProblem> m_damage; ///< of the database that was open before: it is put aside
    QByteArray m_problem;                   ///< why there is none; it was told
    TimePoint m_closeBy = kNever;
    bool m_isClosed = false;
    qint64 m_eraseBefore = 0; ///< position; somebody wants what is older to be erased
    std::vector<std::function<void(const Result<void> &)>> m_whenErased;
    QTimer m_drainTimer;
    QTimer m_storeTimer;
    QTimer m_eraseTimer;
    QTimer m_retryTimer;

    mutable std::mutex m_mutex; // protects the member below
    HistoryStatus m_status;
};

} // namespace lunargate
