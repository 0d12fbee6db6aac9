// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_database.h"

#include "gateway/async/time.h"
#include "gateway/history/filter_sql.h"
#include "gateway/history/history_columns.h"
#include "gateway/history/history_file.h"
#include "gateway/history/history_schema.h"
#include "gateway/history/tally_query.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace lunargate {

namespace {

constexpr qint64 kEraseStep = 500;
constexpr qint64 kEraseStepForSize = 50; // they can be large, and no more should go than must
constexpr qint64 kVacuumPages = 256;
// A search looks through some records at first (their bodies may be large), through more as long as that is quick, and
// stops for now when its time is over.
constexpr qint64 kFirstSearchStep = 32;
constexpr qint64 kLargestSearchStep = 16'384;
constexpr auto kSearchTime = std::chrono::milliseconds(20);
// Some ten milliseconds' worth of bodies, and what finding one costs beside.
constexpr qint64 kSearchBytes = 4LL * 1024 * 1024;
constexpr qint64 kBytesOfAMessage = 1024;
constexpr qint64 kNewest = std::numeric_limits<qint64>::max();

/// Those that are not made of others, or a `?` for each.
QString columnList(bool asPlaces = false)
{
    QStringList names;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.value)
            names.append(asPlaces ? QStringLiteral("?") : QString::fromLatin1(column.name));
    }
    return names.join(QStringLiteral(", "));
}

QString selectRequests(const QString &rest)
{
    static const QString select = QStringLiteral("SELECT ") + columnList() + QStringLiteral(" FROM requests ");
    return select + rest;
}

HistoryRecord recordOf(const QSqlQuery &query)
{
    HistoryRecord record;
    int i = 0;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.read)
            column.read(record, query.value(i++));
    }
    return record;
}

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
    HistoryResult<QSqlQuery> request =
        m_connection.prepare(QStringLiteral("INSERT INTO requests (") + columnList() + QStringLiteral(") VALUES (") +
                             columnList(true) + QStringLiteral(") ON CONFLICT (position) DO NOTHING"));
    if (!request)
        return std::unexpected(std::move(request.error()));
    HistoryResult<QSqlQuery> message = m_connection.prepare(QStringLiteral(
        "INSERT INTO messages (request, part, headers, body, frames, left_out) VALUES (?, ?, ?, ?, ?, ?)"));
    if (!message)
        return std::unexpected(std::move(message.error()));
    m_insertRequest = *std::move(request);
    m_insertMessage = *std::move(message);
    const HistoryResult<qint64> stored = m_connection.number(QStringLiteral("SELECT count(*) FROM requests"));
    if (!stored)
        return std::unexpected(stored.error());
    m_count = *stored;
    return measure();
}

HistoryResult<void> HistoryDatabase::add(std::span<const HistoryRecord> records)
{
    const qint64 before = m_count;
    HistoryResult<void> added = m_connection.inTransaction([&]() -> HistoryResult<void> {
        for (const HistoryRecord &record : records) {
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
    QVariantList values;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.value)
            values.append(column.value(record));
    }
    if (HistoryResult<void> done = SqliteConnection::execute(m_insertRequest, values); !done)
        return done;
    const bool isNew = m_insertRequest.numRowsAffected() > 0;
    m_count += isNew ? 1 : 0;
    return isNew && record.messages ? addMessages(record) : HistoryResult<void>();
}

HistoryResult<void> HistoryDatabase::addMessages(const HistoryRecord &record)
{
    for (size_t part = 0; part < kHistoryParts; ++part) {
        const std::optional<HistoryMessage> &message = record.messages->parts[part];
        if (!message)
            continue;
        // A null array would be NULL.
        const QByteArray body = message->body.isNull() ? QByteArray("") : message->body;
        const QVariantList values = {qlonglong(record.position),
                                     qlonglong(part),
                                     sqlText(headersToJson(message->headers)),
                                     body,
                                     sqlText(framesToJson(message->frames)),
                                     qlonglong(message->leftOut)};
        if (HistoryResult<void> added = SqliteConnection::execute(m_insertMessage, values); !added)
            return added;
    }
    return {};
}

HistoryResult<HistoryPage> HistoryDatabase::find(const HistoryQuery &query) const
{
    const qint64 limit = std::clamp(query.limit, 1, kLargestHistoryPage);
    const TimePoint end = Clock::now() + kSearchTime;
    HistoryPage page;
    const HistoryRange range = rangeOf(query.filter);
    const bool looksIntoBodies = std::ranges::any_of(
        query.filter.terms, [](const HistoryTerm &term) { return term.field->kind == HistoryField::Kind::FreeText; });
    std::optional<qint64> before = std::min(query.before.value_or(kNewest), range.end);
    TimePoint now = Clock::now();
    for (qint64 step = query.filter.terms.empty() ? limit + 1 : kFirstSearchStep; before && now < end;) {
        const HistoryResult<std::optional<qint64>> from = positionBefore(*before, step);
        if (!from)
            return std::unexpected(from.error());
        HistoryResult<qint64> begin = std::max(from->value_or(0), range.begin);
        if (looksIntoBodies)
            begin = boundedSearch(*begin, *before);
        if (!begin)
            return std::unexpected(std::move(begin.error()));
        HistoryResult<void> found =
            append(page.records, query.filter, *begin, *before, limit + 1 - std::ssize(page.records));
        if (!found)
            return std::unexpected(std::move(found.error()));
        before = *begin > range.begin ? std::optional(*begin) : std::nullopt;
        if (std::ssize(page.records) > limit)
            break;
        const TimePoint then = std::exchange(now, Clock::now());
        if (now - then < kSearchTime / 8)
            step = std::min(4 * step, kLargestSearchStep);
    }
    if (std::ssize(page.records) > limit) {
        page.records.pop_back();
        before = page.records.back().position;
    }
    page.next = before;
    return page;
}

HistoryResult<void> HistoryDatabase::append(std::vector<HistoryRecord> &records, const HistoryFilter &filter,
                                            qint64 from, qint64 before, qint64 limit) const
{
    const FilterSql sql = filterSql(filter);
    const QString also = sql.condition.isEmpty() ? QString() : QStringLiteral(" AND ") + sql.condition;
    const QVariantList values =
        QVariantList{qlonglong(from), qlonglong(before)} + sql.values + QVariantList{qlonglong(limit)};
    HistoryResult<QSqlQuery> query =
        m_connection.query(selectRequests(QStringLiteral("WHERE position >= ? AND position < ?") + also +
                                          QStringLiteral(" ORDER BY position DESC LIMIT ?")),
                           values);
    if (!query)
        return std::unexpected(std::move(query.error()));
    HistoryResult<bool> hasRow = SqliteConnection::next(*query);
    for (; hasRow && *hasRow; hasRow = SqliteConnection::next(*query))
        records.push_back(recordOf(*query));
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return {};
}

HistoryResult<std::optional<qint64>> HistoryDatabase::positionBefore(qint64 before, qint64 count) const
{
    HistoryResult<QSqlQuery> query =
        m_connection.query(QStringLiteral("SELECT position FROM requests INDEXED BY requests_position "
                                          "WHERE position < ? ORDER BY position DESC LIMIT 1 OFFSET ?"),
                           {qlonglong(before), qlonglong(count - 1)});
    if (!query)
        return std::unexpected(std::move(query.error()));
    return query->next() ? std::optional(query->value(0).toLongLong()) : std::nullopt;
}

HistoryResult<qint64> HistoryDatabase::boundedSearch(qint64 from, qint64 before) const
{
    // The length of a blob is known without reading it.
    HistoryResult<QSqlQuery> query =
        m_connection.query(QStringLiteral("SELECT request, length(body) FROM messages WHERE request >= ? AND "
                                          "request < ? ORDER BY request DESC"),
                           {qlonglong(from), qlonglong(before)});
    if (!query)
        return std::unexpected(std::move(query.error()));
    qint64 bytes = 0;
    std::optional<qint64> last;
    HistoryResult<bool> hasRow = SqliteConnection::next(*query);
    for (; hasRow && *hasRow; hasRow = SqliteConnection::next(*query)) {
        const qint64 request = query->value(0).toLongLong();
        if (last && *last != request && bytes > kSearchBytes)
            return *last;
        last = request;
        bytes += query->value(1).toLongLong() + kBytesOfAMessage;
    }
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return from;
}

HistoryResult<std::optional<HistoryRecord>> HistoryDatabase::record(const QByteArray &id) const
{
    HistoryResult<QSqlQuery> query = m_connection.query(selectRequests(QStringLiteral("WHERE id = ?")), {sqlText(id)});
    if (!query)
        return std::unexpected(std::move(query.error()));
    if (!query->next())
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
    HistoryResult<QSqlQuery> query = m_connection.query(
        QStringLiteral("SELECT part, headers, body, frames, left_out FROM messages WHERE request = ?"),
        {qlonglong(position)});
    if (!query)
        return std::unexpected(std::move(query.error()));
    std::shared_ptr<HistoryMessages> messages;
    while (query->next()) {
        if (!messages)
            messages = std::make_shared<HistoryMessages>();
        const auto part = static_cast<size_t>(query->value(0).toULongLong());
        if (part < kHistoryParts) {
            messages->parts[part] = HistoryMessage{.headers = headersFromJson(query->value(1).toString().toUtf8()),
                                                   .body = query->value(2).toByteArray(),
                                                   .frames = framesFromJson(query->value(3).toString().toLatin1()),
                                                   .leftOut = query->value(4).toLongLong()};
        }
    }
    return messages;
}

HistoryResult<std::optional<qint64>> HistoryDatabase::tally(HistoryTally &tally, qint64 begin, qint64 before) const
{
    return tallyRequests(m_connection, tally, begin, before, Clock::now() + kSearchTime);
}

HistoryResult<bool> HistoryDatabase::eraseSome(const HistoryLimits &limits)
{
    const bool isTooLarge = m_bytes > limits.maxBytes;
    const qint64 excess = std::max<qint64>(m_count - limits.maxCount, isTooLarge ? kEraseStepForSize : 0);
    const QVariantList values = {qlonglong(excess > 0 ? kNewest : limits.oldest),
                                 qlonglong(excess > 0 ? std::min(excess, kEraseStep) : kEraseStep)};
    const HistoryResult<qint64> until =
        m_connection.number(QStringLiteral("SELECT ifnull(max(position), 0) FROM (SELECT position FROM requests "
                                           "WHERE position < ? ORDER BY position LIMIT ?)"),
                            values);
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

HistoryResult<void> HistoryDatabase::eraseUntil(qint64 position)
{
    qint64 erased = 0;
    HistoryResult<void> done = m_connection.inTransaction([&]() -> HistoryResult<void> {
        for (const char *sql :
             {"DELETE FROM messages WHERE request <= ?", "DELETE FROM requests WHERE position <= ?"}) {
            const HistoryResult<QSqlQuery> query = m_connection.query(QString::fromLatin1(sql), {qlonglong(position)});
            if (!query)
                return std::unexpected(query.error());
            erased = query->numRowsAffected();
        }
        return {};
    });
    if (done)
        m_count -= erased;
    return done;
}

HistoryResult<void> HistoryDatabase::measure()
{
    const HistoryResult<qint64> pages = m_connection.number(QStringLiteral("PRAGMA page_count"));
    const HistoryResult<qint64> free = m_connection.number(QStringLiteral("PRAGMA freelist_count"));
    const HistoryResult<qint64> size = m_connection.number(QStringLiteral("PRAGMA page_size"));
    for (const HistoryResult<qint64> *result : {&pages, &free, &size}) {
        if (!*result)
            return std::unexpected(result->error());
    }
    m_freePages = *free;
    m_bytes = (*pages - *free) * *size;
    return {};
}

} // namespace lunargate
