// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lunargate {

/// The database that `configured` (history.path) means; empty: none, the history is in memory only.
QString historyPath(const QByteArray &configured);

/// Makes the file and its folder where they are missing, and lets nobody but the owner read it. Empty, or why it
/// cannot.
QByteArray makeHistoryFile(const QString &path);

/// Renames the database and what belongs to it, so that another one can begin. The new name, or empty: it cannot.
QString moveHistoryAside(const QString &path);

} // namespace lunargate
