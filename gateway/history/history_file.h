// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/sqlite_connection.h"

namespace lunargate {

/// The database that `configured` (history.path) means; empty: none, the history is in memory only.
QString historyPath(const QByteArray &configured);

/// Makes the file and its folder where they are missing, and lets nobody but the owner read it. A file that is there
/// and is neither empty nor a history (HistoryProblem::Kind::Foreign) is left as it is.
HistoryResult<void> makeHistoryFile(const QString &path);

/// Renames a history and what belongs to it, so that another one can begin. The new name, or empty: it cannot.
QString moveHistoryAside(const QString &path);

} // namespace lunargate
