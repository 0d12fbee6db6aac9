// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_lock.h"
#include "gateway/history/history_page.h"
#include "gateway/history/history_totals.h"
#include "gateway/history/sqlite_connection.h"

#include <memory>
#include <span>

namespace lunargate {

/// What may be kept, besides what is pinned: that counts against none of these, but for its last member.
struct HistoryLimits
{
    qint64 oldest = 0; ///< position
    qint64 maxCount = 0;
    qint64 maxBytes = 0;
    qint64 oldestPinned = 0; ///< position
};

/// The history in an SQLite file (WAL; readable by its owner only), which no other gateway uses meanwhile. Belongs to
/// the thread that opens it. After an error that is not Kind::Busy it is of no use any more.
class HistoryDatabase
{
public:
    /// Makes file and folder where they are missing.
    static HistoryResult<std::unique_ptr<HistoryDatabase>> open(const QString &path);

    /// All of them, or none. One whose place is taken is left out.
    HistoryResult<void> add(std::span<const HistoryRecord> records);
    HistoryResult<void> add(std::span<const SharedHistoryRecord> records);
    /// Takes some ten milliseconds at most, see HistoryPage::next.
    HistoryResult<HistoryPage> find(const HistoryQuery &query) const;
    /// With its bodies.
    HistoryResult<std::optional<HistoryRecord>> record(const QByteArray &id) const;

    /// Adds up those with positions from `begin` to before `before`, for some twenty milliseconds; where to go on, if
    /// it did not get through.
    HistoryResult<std::optional<qint64>> tally(HistoryTally &tally, qint64 begin, qint64 before) const;

    /// A record that is pinned is kept whatever the limits are. Nothing if there is none of that id.
    HistoryResult<void> setPinned(const QByteArray &id, bool isPinned);

    /// Erases a few hundred of what `limits` do not allow, or gives some free space back. Whether there is more to do.
    HistoryResult<bool> eraseSome(const HistoryLimits &limits);

    qint64 count() const { return m_count; }
    /// What the records take in the file, as of the last change.
    qint64 bytes() const { return m_bytes; }

private:
    HistoryDatabase(const QString &path, std::unique_ptr<HistoryLock> lock)
        : m_lock(std::move(lock)), m_connection(path)
    {
    }

    HistoryResult<void> prepare();
    template <typename Record>
    HistoryResult<void> addAll(std::span<const Record> records);
    HistoryResult<void> addOne(const HistoryRecord &record);
    HistoryResult<void> addOne(const SharedHistoryRecord &record) { return addOne(*record); }
    HistoryResult<void> addMessages(const HistoryRecord &record);
    HistoryResult<std::shared_ptr<const HistoryMessages>> messagesOf(qint64 position) const;
    /// More than they allow, of what is not pinned: how many records to erase now.
    HistoryResult<qint64> excess(const HistoryLimits &limits) const;
    HistoryResult<void> eraseUntil(qint64 position);
    HistoryResult<void> measure();

    std::unique_ptr<HistoryLock> m_lock;
    SqliteConnection m_connection;
    SqliteStatement m_insertRequest;
    SqliteStatement m_insertMessage;
    qint64 m_count = 0;
    qint64 m_bytes = 0;
    qint64 m_freePages = 0;
};

} // namespace lunargate
