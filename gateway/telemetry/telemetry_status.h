// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

namespace lunargate {

/// How telling OpenTelemetry's collector fares.
struct TelemetryStatus
{
    struct Exports
    {
        qint64 sent = 0;   ///< calls that the collector took
        qint64 failed = 0; ///< and that it did not, or did not answer
    };

    qint64 queued = 0;        ///< requests so far, dropped ones included
    qint64 dropped = 0;       ///< of these: as there was no room
    qint64 waiting = 0;       ///< of these: not sent yet
    qint64 sentSpans = 0;     ///< the collector took them
    qint64 droppedSpans = 0;  ///< there was no room, or nothing was to leave any more
    qint64 failedSpans = 0;   ///< it refused them, or they could not be sent before the end
    qint64 rejectedSpans = 0; ///< it took the call, but not them
    Exports traces;
    Exports metrics;
};

} // namespace lunargate
