// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_database.h"
#include "gateway/history/history_filter.h"
#include "gateway/history/history_page.h"

#include <QTest>

namespace lunargate::test {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

inline constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 28}};

/// The `number`-th record, which began so many seconds after kNow.
inline HistoryRecord numbered(int number)
{
    return {.position = positionOf(kNow + std::chrono::seconds(number)),
            .id = "id-" + QByteArray::number(number),
            .endpoint = "chat_completions",
            .provider = "openai",
            .model = "gpt-4o",
            .status = 200};
}

inline HistoryFilter filterOf(QByteArrayView text)
{
    Result<HistoryFilter> filter = parseHistoryFilter(text, kNow);
    if (!filter)
        qFatal("%s", filter.error().message.constData());
    return *std::move(filter);
}

inline QByteArrayList idsOf(const std::vector<HistoryRecord> &records)
{
    QByteArrayList ids;
    for (const HistoryRecord &record : records)
        ids.append(record.id);
    return ids;
}

inline SharedHistoryRecord shared(HistoryRecord record)
{
    return std::make_shared<HistoryRecord>(std::move(record));
}

/// A new database, or null (with the reason in the log).
inline std::unique_ptr<HistoryDatabase> openDatabase(const QString &path)
{
    auto database = HistoryDatabase::open(path);
    if (!database)
        qCritical("%s", database.error().text.constData());
    return database ? *std::move(database) : nullptr;
}

inline std::shared_ptr<HistoryMessages> messagesWith(HistoryPart part, HistoryMessage message)
{
    auto messages = std::make_shared<HistoryMessages>();
    (*messages)[part] = std::move(message);
    return messages;
}

} // namespace lunargate::test
