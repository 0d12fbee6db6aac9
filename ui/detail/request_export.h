// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/history/history_record.h"

#include <QString>

namespace lunargate::ui {

/// Where a request of that record was sent; `address` is `http://127.0.0.1:8080`.
QByteArray urlOf(const HistoryRecord &record, const QString &address);

/// A program that sends the request again, with the key that is in the environment variable LUNARGATE_API_KEY. Fails
/// with NotFound if the history does not have its whole body.
Result<QByteArray> pythonProgram(const HistoryRecord &record, const QByteArray &url);

/// The record as the admin API tells it, indented.
QByteArray recordJson(const HistoryRecord &record);

QByteArray recordHar(const HistoryRecord &record, const QByteArray &url);

} // namespace lunargate::ui
