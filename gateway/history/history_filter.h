// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/history/history_record.h"

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace lunargate {

/// Something that records can be filtered by. Of `text`, `number` and neither, the one that is set says what it is: a
/// text, a number, the time, or whatever is written in a record.
struct HistoryField
{
    enum class Kind {
        Text,
        Number,
        Duration, ///< a number of microseconds
        Flag,     ///< 0 or 1
        Time,     ///< when the request began
        FreeText, ///< bodies, error messages, and what the client says of itself
    };

    QByteArrayView name;
    Kind kind = Kind::Text;
    const char *column = "";                                 ///< in the database
    QByteArrayView (*text)(const HistoryRecord &) = nullptr; ///< for Kind::Text
    std::optional<double> (*number)(const HistoryRecord &) = nullptr;
};

/// All of them.
std::span<const HistoryField> historyFields();

/// One condition.
struct HistoryTerm
{
    enum class Comparison {
        Equal, ///< of texts: matches, where `*` stands for any text; ASCII letters in any case
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Known, ///< there is something
    };

    const HistoryField *field = nullptr;
    bool isNegated = false;
    Comparison comparison = Comparison::Equal;
    QByteArray text = {}; ///< in lower case
    double number = 0;    ///< of flags 0 or 1, of durations microseconds
    std::chrono::sys_time<std::chrono::microseconds> time = {};
};

/// Which records are wanted: those that meet every condition.
struct HistoryFilter
{
    std::vector<HistoryTerm> terms;
};

/// Where and why a text is no filter.
struct HistoryFilterProblem
{
    qsizetype position = 0; ///< in bytes
    QByteArray message;     ///< says what is known there
};

/// Reads `provider:anthropic -status:<400 ttft:>2s "some text"`: conditions with spaces between them. `now` is what
/// ages
/// (`after:2h`) count from.
std::expected<HistoryFilter, HistoryFilterProblem>
readHistoryFilter(QByteArrayView text, std::chrono::sys_time<std::chrono::microseconds> now);
/// The same with an error for clients (`invalid_filter`), which names the place.
Result<HistoryFilter> parseHistoryFilter(QByteArrayView text, std::chrono::sys_time<std::chrono::microseconds> now);

/// The positions that the conditions on the time leave: from `begin` to before `end`.
struct HistoryRange
{
    qint64 begin = 0;
    qint64 end = std::numeric_limits<qint64>::max();
};
HistoryRange rangeOf(const HistoryFilter &filter);

/// Whether `record` meets all of `filter`; the same as the database says.
bool matches(const HistoryFilter &filter, const HistoryRecord &record);

} // namespace lunargate
