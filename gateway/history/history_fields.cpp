// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_filter.h"

namespace lunargate {

namespace {

using Record = HistoryRecord;
using Kind = HistoryField::Kind;
using Number = std::optional<double>;

template <typename Count>
Number number(Count count)
{
    return static_cast<double>(count);
}

Number number(std::optional<std::chrono::microseconds> duration)
{
    return duration.transform([](std::chrono::microseconds known) { return static_cast<double>(known.count()); });
}

template <typename Count>
Number ofUsage(const Record &record, Count count)
{
    return record.usage.transform([&](const Usage &usage) { return static_cast<double>((usage.*count)()); });
}

constexpr HistoryField text(QByteArrayView name, const char *column, QByteArrayView (*read)(const Record &))
{
    return {.name = name, .kind = Kind::Text, .column = column, .text = read};
}

constexpr HistoryField value(QByteArrayView name, const char *column, Kind kind, Number (*read)(const Record &))
{
    return {.name = name, .kind = kind, .column = column, .number = read};
}

} // namespace

std::span<const HistoryField> historyFields()
{
    static constexpr HistoryField fields[] = {
        {.name = "text", .kind = Kind::FreeText},
        {.name = "time", .kind = Kind::Time, .column = "position"},
        {.name = "after", .kind = Kind::Time, .column = "position"},
        {.name = "before", .kind = Kind::Time, .column = "position"},
        text("id", "id", [](const Record &record) { return QByteArrayView(record.id); }),
        text("endpoint", "endpoint", [](const Record &record) { return QByteArrayView(record.endpoint); }),
        text("caller", "caller", [](const Record &record) { return QByteArrayView(record.caller); }),
        text("client", "user_agent", [](const Record &record) { return QByteArrayView(record.client.userAgent); }),
        text("app", "application", [](const Record &record) { return QByteArrayView(record.client.application); }),
        text("user", "user", [](const Record &record) { return QByteArrayView(record.client.user); }),
        text("session", "session", [](const Record &record) { return QByteArrayView(record.client.session); }),
        text("agent", "agent", [](const Record &record) { return QByteArrayView(record.client.agent); }),
        text("route", "route", [](const Record &record) { return QByteArrayView(record.route); }),
        text("provider", "provider", [](const Record &record) { return QByteArrayView(record.provider); }),
        text("model", "model", [](const Record &record) { return QByteArrayView(record.model); }),
        text("asked", "model_asked", [](const Record &record) { return QByteArrayView(record.modelAsked); }),
        text("served", "model_served", [](const Record &record) { return QByteArrayView(record.modelServed); }),
        text("finish", "finish_reason", [](const Record &record) { return QByteArrayView(record.finishReason); }),
        text("error", "error", [](const Record &record) { return QByteArrayView(record.error); }),
        text("cache", "cache", [](const Record &record) { return QByteArrayView(record.cache); }),
        value("status", "status", Kind::Number, [](const Record &record) { return number(record.status); }),
        value("attempts", "attempt_count", Kind::Number,
              [](const Record &record) { return number(record.attemptCount); }),
        value("tokens", "tokens_total", Kind::Number,
              [](const Record &record) { return ofUsage(record, &Usage::totalTokens); }),
        value("tokens_in", "tokens_in", Kind::Number,
              [](const Record &record) { return ofUsage(record, &Usage::promptTokens); }),
        value("tokens_out", "tokens_out", Kind::Number,
              [](const Record &record) { return ofUsage(record, &Usage::completionTokens); }),
        value("cost", "cost_usd", Kind::Number, [](const Record &record) { return record.costUsd; }),
        value("ttft", "ttft_us", Kind::Duration, [](const Record &record) { return number(record.timeToFirstByte); }),
        value("duration", "duration_us", Kind::Duration,
              [](const Record &record) { return number(record.duration.count()); }),
        value("stream", "stream", Kind::Flag, [](const Record &record) { return number(record.stream); }),
        value("fallback", "fallback", Kind::Flag, [](const Record &record) { return number(record.fallbackUsed); }),
        value("hedged", "hedged", Kind::Flag, [](const Record &record) { return number(record.isHedged); }),
    };
    return fields;
}

} // namespace lunargate
