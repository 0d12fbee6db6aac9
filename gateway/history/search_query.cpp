// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/search_query.h"

#include "gateway/history/filter_sql.h"
#include "gateway/history/request_rows.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace lunargate {

namespace {

// A search looks through some records at first (their bodies may be large), through more as long as that is quick, and
// stops for now when its time is over.
constexpr qint64 kFirstSearchStep = 32;
constexpr qint64 kLargestSearchStep = 16'384;
// Some ten milliseconds' worth of bodies, and what finding one costs beside.
constexpr qint64 kSearchBytes = 4LL * 1024 * 1024;
constexpr qint64 kBytesOfAMessage = 1024;
constexpr auto kQuickStep = std::chrono::milliseconds(2);
constexpr qint64 kNewest = std::numeric_limits<qint64>::max();

/// Appends at most `limit` records with positions from `from` to before `before`, newest first.
HistoryResult<void> append(const SqliteConnection &connection, std::vector<HistoryRecord> &records,
                           const HistoryFilter &filter, qint64 from, qint64 before, qint64 limit)
{
    const FilterSql sql = filterSql(filter);
    const QByteArray also = sql.condition.isEmpty() ? QByteArray() : " AND " + sql.condition;
    std::vector<SqliteValue> values{from, before};
    values.insert(values.end(), sql.values.begin(), sql.values.end());
    values.emplace_back(limit);
    HistoryResult<SqliteStatement> query = connection.query(
        selectRequests("WHERE position >= ? AND position < ?" + also + " ORDER BY position DESC LIMIT ?"), values);
    if (!query)
        return std::unexpected(std::move(query.error()));
    HistoryResult<bool> hasRow = query->step();
    for (; hasRow && *hasRow; hasRow = query->step())
        records.push_back(recordOf(*query));
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return {};
}

/// The position of the `count`-th newest record before `before`, if there are so many.
HistoryResult<std::optional<qint64>> positionBefore(const SqliteConnection &connection, qint64 before, qint64 count)
{
    HistoryResult<SqliteStatement> query =
        connection.query("SELECT position FROM requests INDEXED BY requests_position "
                         "WHERE position < ? ORDER BY position DESC LIMIT 1 OFFSET ?",
                         std::array<SqliteValue, 2>{before, count - 1});
    if (!query)
        return std::unexpected(std::move(query.error()));
    HistoryResult<bool> hasRow = query->step();
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return *hasRow ? std::optional(query->integer(0)) : std::nullopt;
}

/// Where from on a search in bodies reads no more of them than it may at once, if it ends before `before`; at least
/// those of one record.
HistoryResult<qint64> boundedSearch(const SqliteConnection &connection, qint64 from, qint64 before)
{
    // The length of a blob is known without reading it.
    HistoryResult<SqliteStatement> query = connection.query(
        "SELECT request, length(body) FROM messages WHERE request >= ? AND request < ? ORDER BY request DESC",
        std::array<SqliteValue, 2>{from, before});
    if (!query)
        return std::unexpected(std::move(query.error()));
    qint64 bytes = 0;
    std::optional<qint64> last;
    HistoryResult<bool> hasRow = query->step();
    for (; hasRow && *hasRow; hasRow = query->step()) {
        const qint64 request = query->integer(0);
        if (last && *last != request && bytes > kSearchBytes)
            return *last;
        last = request;
        bytes += query->integer(1) + kBytesOfAMessage;
    }
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return from;
}

} // namespace

HistoryResult<HistoryPage> searchRequests(const SqliteConnection &connection, const HistoryQuery &query, TimePoint end)
{
    const qint64 limit = std::clamp(query.limit, 1, kLargestHistoryPage);
    HistoryPage page;
    const HistoryRange range = rangeOf(query.filter);
    const bool looksIntoBodies = std::ranges::any_of(
        query.filter.terms, [](const HistoryTerm &term) { return term.field->kind == HistoryField::Kind::FreeText; });
    std::optional<qint64> before = std::min(query.before.value_or(kNewest), range.end);
    TimePoint now = Clock::now();
    for (qint64 step = query.filter.terms.empty() ? limit + 1 : kFirstSearchStep; before && now < end;) {
        const HistoryResult<std::optional<qint64>> from = positionBefore(connection, *before, step);
        if (!from)
            return std::unexpected(from.error());
        HistoryResult<qint64> begin = std::max(from->value_or(0), range.begin);
        if (looksIntoBodies)
            begin = boundedSearch(connection, *begin, *before);
        if (!begin)
            return std::unexpected(std::move(begin.error()));
        HistoryResult<void> found =
            append(connection, page.records, query.filter, *begin, *before, limit + 1 - std::ssize(page.records));
        if (!found)
            return std::unexpected(std::move(found.error()));
        before = *begin > range.begin ? std::optional(*begin) : std::nullopt;
        if (std::ssize(page.records) > limit)
            break;
        const TimePoint then = std::exchange(now, Clock::now());
        if (now - then < kQuickStep)
            step = std::min(4 * step, kLargestSearchStep);
    }
    if (std::ssize(page.records) > limit) {
        page.records.pop_back();
        before = page.records.back().position;
    }
    page.next = before;
    return page;
}

} // namespace lunargate
