// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/sqlite_connection.h"

#include <memory>

namespace lunargate {

/// Keeps other gateways away from a history's file, by a file beside it (`…-lock`). It goes with the process, however
/// that ends.
class HistoryLock
{
public:
    /// For the database `path`. The problem names the process that has it.
    static HistoryResult<std::unique_ptr<HistoryLock>> take(const QString &path);
    ~HistoryLock();
    HistoryLock(const HistoryLock &) = delete;
    HistoryLock &operator=(const HistoryLock &) = delete;

private:
    explicit HistoryLock(int file) : m_file(file) {}

    const int m_file;
};

} // namespace lunargate
