// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtTypes>

namespace lunargate {

/// How the history fares.
struct HistoryStatus
{
    enum class State {
        Off,      ///< nothing is kept
        Memory,   ///< only the newest requests, until the program ends
        Database, ///< everything, within its limits
    };

    State state = State::Off;
    QByteArray problem = {}; ///< why it is in memory although a database is wanted; empty: it is not
    qint64 stored = 0;       ///< records in the database
    qint64 storedBytes = 0;  ///< what they take there
    qint64 inMemory = 0;     ///< the newest ones, which are in memory in any case
    qint64 queued = 0;       ///< on their way there
    qint64 dropped = 0;      ///< lost since the start, because too many came at once
    qint64 leftOut = 0;      ///< turned away since the start, and too many of that kind to be kept
};

} // namespace lunargate
