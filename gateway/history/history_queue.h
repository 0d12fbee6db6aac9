// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/limits/token_bucket.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

namespace lunargate {

/// Records on their way from the workers to the history's own thread. Any thread.
class HistoryQueue
{
public:
    /// When somebody is to call takeAll(). Each is told once until that is done.
    enum class Due {
        Told, ///< nothing new
        Soon, ///< there is something
        Now,  ///< half of the room is taken
    };

    /// What is more than `mostRecords` or `mostBytes` is dropped.
    HistoryQueue(size_t mostRecords, qint64 mostBytes) : m_mostRecords(mostRecords), m_mostBytes(mostBytes) {}

    Due add(SharedHistoryRecord record);
    Due add(HistoryRecord record) { return add(std::make_shared<HistoryRecord>(std::move(record))); }
    /// Whether there is no room for any record, so that none need be made; counts one as dropped then. Costs next to
    /// nothing as long as there is room.
    bool dropsNext();
    std::vector<SharedHistoryRecord> takeAll();
    /// The same, but they keep their room until finishWork(): who is slow must not hold as many again.
    std::vector<SharedHistoryRecord> takeToWork();
    void finishWork();
    /// Calls `visit` with each of them, oldest in the queue first; it must not call back.
    void visit(const std::function<void(const HistoryRecord &)> &visit) const;

    /// Whether one more request that was turned away is to be kept; takes its place. Anybody can send such requests,
    /// and they must not drive the others out: a hundred at once, and one a minute.
    bool admitTurnedAway(TimePoint now);
    /// How many were not.
    qint64 leftOut() const;

    qint64 mostBytes() const { return m_mostBytes; }
    size_t size() const;
    /// How many were dropped so far.
    qint64 dropped() const;

private:
    Due due();
    bool hasRoomFor(qint64 bytes) const;
    std::vector<SharedHistoryRecord> take();

    const size_t m_mostRecords;
    const qint64 m_mostBytes;
    std::atomic<bool> m_isFull = false; // as of the last change below
    mutable std::mutex m_mutex;         // protects the members below
    std::vector<SharedHistoryRecord> m_records;
    qint64 m_bytes = 0;
    size_t m_recordsAtWork = 0;
    qint64 m_bytesAtWork = 0;
    bool m_toldNow = false;
    qint64 m_dropped = 0;
    TokenBucket m_turnedAway{{.perMinute = 1, .capacity = 100}, Clock::now()};
    qint64 m_leftOut = 0;
};

} // namespace lunargate
