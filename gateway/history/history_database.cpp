// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_database.h"

#include "gateway/async/time.h"
#include "gateway/history/history_columns.h"
#include "gateway/history/history_file.h"
#include "gateway/history/history_schema.h"
#include "gateway/history/request_rows.h"
#include "gateway/history/search_query.h"
#include "gateway/history/tally_query.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace lunargate {

namespace {

constexpr qint64 kEraseStep = 500;
constexpr qint64 kEraseStepForSize = 50; // they can be large, and no more should go than must
constexpr qint64 kVacuumPages = 256;
constexpr auto kSearchTime = std::chrono::milliseconds(20);
constexpr qint64 kNewest = std::numeric_limits<qint64>::max();

} // namespace

HistoryResult<std::unique_ptr<HistoryDatabase>> HistoryDatabase::open(const QString &path)
{
    if (HistoryResult<void> made = makeHistoryFile(path); !made)
        return std::unexpected(std::move(made.error()));
    HistoryResult<std::unique_ptr<HistoryLock>> lock = HistoryLock::take(path);
    if (!lock)
        return std::unexpected(std::move(lock.error()));
    std::unique_ptr<HistoryDatabase> database(new HistoryDatabase(path, *std::move(lock)));
    HistoryResult<void> ready = database->m_connection.open();
    if (ready)
        ready = database->prepare();
    if (!ready)
        return std::unexpected(std::move(ready.error()));
    return database;
}

HistoryResult<void> HistoryDatabase::prepare()
{
    if (HistoryResult<void> done = prepareHistoryTables(m_connection); !done)
        return done;
    HistoryResult<SqliteStatement> request =
        m_connection.prepare("INSERT INTO requests (" + storedColumns() + ") VALUES (" + storedColumns(true) +
                             ") ON CONFLICT (position) DO NOTHING");
    if (!request)
        return std::unexpected(std::move(request.error()));
    HistoryResult<SqliteStatement> message = m_connection.prepare(
        "INSERT INTO messages (request, part, headers, body, frames, left_out) VALUES (?, ?, ?, ?, ?, ?)");
    if (!message)
        return std::unexpected(std::move(message.error()));
    m_insertRequest = *std::move(request);
    m_insertMessage = *std::move(message);
    const HistoryResult<qint64> stored = m_connection.number("SELECT count(*) FROM requests");
    if (!stored)
        return std::unexpected(stored.error());
    m_count = *stored;
    return measure();
}

HistoryResult<void> HistoryDatabase::add(std::span<const HistoryRecord> records)
{
    return addAll(records);
}

HistoryResult<void> HistoryDatabase::add(std::span<const SharedHistoryRecord> records)
{
    return addAll(records);
}

template <typename Record>
HistoryResult<void> HistoryDatabase::addAll(std::span<const Record> records)
{
    const qint64 before = m_count;
    HistoryResult<void> added = m_connection.inTransaction([&]() -> HistoryResult<void> {
        for (const Record &record : records) {
            if (HistoryResult<void> one = addOne(record); !one)
                return one;
        }
        return {};
    });
    if (!added)
        m_count = before;
    return added ? measure() : added;
}

HistoryResult<void> HistoryDatabase::addOne(const HistoryRecord &record)
{
    m_insertRequest.reset();
    int place = 0;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.bind)
            column.bind(m_insertRequest, place++, record);
    }
    if (HistoryResult<void> done = m_insertRequest.finish(); !done)
        return done;
    const bool isNew = m_connection.changes() > 0;
    m_count += isNew ? 1 : 0;
    return isNew && record.messages ? addMessages(record) : HistoryResult<void>();
}

HistoryResult<void> HistoryDatabase::addMessages(const HistoryRecord &record)
{
    for (size_t part = 0; part < kHistoryParts; ++part) {
        const std::optional<HistoryMessage> &message = record.messages->parts[part];
        if (!message)
            continue;
        m_insertMessage.reset();
        m_insertMessage.bind(0, record.position);
        m_insertMessage.bind(1, qint64(part));
        m_insertMessage.bindText(2, headersToJson(message->headers));
        m_insertMessage.bindBlob(3, message->body, SqliteBytes::Borrowed);
        m_insertMessage.bindText(4, framesToJson(message->frames));
        m_insertMessage.bind(5, message->leftOut);
        if (HistoryResult<void> added = m_insertMessage.finish(); !added)
            return added;
    }
    return {};
}

HistoryResult<HistoryPage> HistoryDatabase::find(const HistoryQuery &query) const
{
    return searchRequests(m_connection, query, Clock::now() + kSearchTime);
}

HistoryResult<std::optional<HistoryRecord>> HistoryDatabase::record(const QByteArray &id) const
{
    HistoryResult<SqliteStatement> query = m_connection.query(selectRequests(kWithId), std::array<SqliteValue, 1>{id});
    if (!query)
        return std::unexpected(std::move(query.error()));
    HistoryResult<bool> hasRow = query->step();
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    if (!*hasRow)
        return std::nullopt;
    HistoryRecord record = recordOf(*query);
    auto messages = messagesOf(record.position);
    if (!messages)
        return std::unexpected(std::move(messages.error()));
    record.messages = *std::move(messages);
    return record;
}

HistoryResult<std::shared_ptr<const HistoryMessages>> HistoryDatabase::messagesOf(qint64 position) const
{
    HistoryResult<SqliteStatement> query =
        m_connection.query("SELECT part, headers, body, frames, left_out FROM messages WHERE request = ?",
                           std::array<SqliteValue, 1>{position});
    if (!query)
        return std::unexpected(std::move(query.error()));
    std::shared_ptr<HistoryMessages> messages;
    HistoryResult<bool> hasRow = query->step();
    for (; hasRow && *hasRow; hasRow = query->step()) {
        if (!messages)
            messages = std::make_shared<HistoryMessages>();
        const auto part = static_cast<size_t>(query->integer(0));
        if (part < kHistoryParts) {
            messages->parts[part] = HistoryMessage{.headers = headersFromJson(query->text(1)),
                                                   .body = query->blob(2),
                                                   .frames = framesFromJson(query->text(3)),
                                                   .leftOut = query->integer(4)};
        }
    }
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return messages;
}

HistoryResult<std::optional<qint64>> HistoryDatabase::tally(HistoryTally &tally, qint64 begin, qint64 before) const
{
    return tallyRequests(m_connection, tally, begin, before, Clock::now() + kSearchTime);
}

HistoryResult<void> HistoryDatabase::setPinned(const QByteArray &id, bool isPinned)
{
    const QByteArray found = QByteArray("SELECT position FROM requests ") + kWithId;
    return isPinned ? m_connection.run("INSERT OR IGNORE INTO pinned " + found, {id})
                    : m_connection.run("DELETE FROM pinned WHERE request IN (" + found + ')', {id});
}

HistoryResult<bool> HistoryDatabase::eraseSome(const HistoryLimits &limits)
{
    if (limits.oldestPinned > 0) {
        const HistoryResult<void> unpinned =
            m_connection.run("DELETE FROM pinned WHERE request < ?", {limits.oldestPinned});
        if (!unpinned)
            return std::unexpected(unpinned.error());
    }
    const HistoryResult<qint64> excess = this->excess(limits);
    if (!excess)
        return std::unexpected(excess.error());
    const HistoryResult<qint64> until = m_connection.number(
        "SELECT ifnull(max(position), 0) FROM (SELECT position FROM requests "
        "WHERE position < ? AND position NOT IN (SELECT request FROM pinned) "
        "ORDER BY position LIMIT ?)",
        {*excess > 0 ? kNewest : limits.oldest, *excess > 0 ? std::min(*excess, kEraseStep) : kEraseStep});
    if (!until)
        return std::unexpected(until.error());
    const qint64 freeBefore = m_freePages;
    HistoryResult<void> done;
    if (*until > 0)
        done = eraseUntil(*until);
    else if (m_freePages > 0)
        done = m_connection.run("PRAGMA incremental_vacuum(" + QByteArray::number(kVacuumPages) + ')');
    if (done)
        done = measure();
    if (!done)
        return std::unexpected(std::move(done.error()));
    return *until > 0 || (m_freePages > 0 && m_freePages < freeBefore);
}

HistoryResult<qint64> HistoryDatabase::excess(const HistoryLimits &limits) const
{
    qint64 count = m_count - limits.maxCount;
    if (count > 0) {
        const HistoryResult<qint64> pinned = m_connection.number(
            "SELECT count(*) FROM pinned WHERE EXISTS (SELECT 1 FROM requests WHERE position = request)");
        if (!pinned)
            return pinned;
        count -= *pinned;
    }
    bool isTooLarge = m_bytes > limits.maxBytes;
    if (isTooLarge) {
        const HistoryResult<qint64> pinned = m_connection.number(
            "SELECT ifnull(sum(length(body)), 0) FROM messages WHERE request IN (SELECT request FROM pinned)");
        if (!pinned)
            return pinned;
        isTooLarge = m_bytes - *pinned > limits.maxBytes; // all else of them is small
    }
    return std::max<qint64>(count, isTooLarge ? kEraseStepForSize : 0);
}

HistoryResult<void> HistoryDatabase::eraseUntil(qint64 position)
{
    qint64 erased = 0;
    HistoryResult<void> done = m_connection.inTransaction([&]() -> HistoryResult<void> {
        for (const char *sql :
             {"DELETE FROM messages WHERE request <= ? AND request NOT IN (SELECT request FROM pinned)",
              "DELETE FROM requests WHERE position <= ? AND position NOT IN (SELECT request FROM pinned)"}) {
            if (HistoryResult<void> one = m_connection.run(sql, {position}); !one)
                return one;
            erased = m_connection.changes();
        }
        return {};
    });
    if (done)
        m_count -= erased;
    return done;
}

HistoryResult<void> HistoryDatabase::measure()
{
    const HistoryResult<qint64> pages = m_connection.number("PRAGMA page_count");
    const HistoryResult<qint64> free = m_connection.number("PRAGMA freelist_count");
    const HistoryResult<qint64> size = m_connection.number("PRAGMA page_size");
    for (const HistoryResult<qint64> *result : {&pages, &free, &size}) {
        if (!*result)
            return std::unexpected(result->error());
    }
    m_freePages = *free;
    m_bytes = (*pages - *free) * *size;
    return {};
}

} // namespace lunargate
